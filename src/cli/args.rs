//! The command line as people and scripts write it. Parsing only.

use crate::model::{AuthMethod, Security, Server};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Desktop mail client. Without a command it opens the window.
#[derive(Debug, Parser)]
#[command(name = "postrider", version, disable_help_subcommand = true)]
pub struct Arguments {
    /// Keep config, data and cache below DIR instead of the platform's folders.
    #[arg(long, value_name = "DIR", global = true)]
    pub profile: Option<PathBuf>,
    /// Open the window on an embedded demo server, with a profile that is thrown away.
    #[arg(long)]
    pub demo: bool,
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add, list or remove accounts.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Fetch once what is new, then exit.
    Sync(SyncArguments),
    /// List the mailboxes of all accounts.
    Mailboxes(AccountFilter),
    /// List the messages of a mailbox, newest first.
    List(ListArguments),
    /// Show a message; what is not here yet is fetched.
    Show(ShowArguments),
    /// Move messages into a mailbox.
    Move(PlaceArguments),
    /// Copy messages into a mailbox.
    Copy(PlaceArguments),
    /// Set (+FLAG) or take away (-FLAG) flags of messages.
    Flag(FlagArguments),
    /// Delete messages: into the trash, or out of it for good.
    Delete(DeleteArguments),
    /// Take back what was done last: a move, a copy, a deletion into the trash, flags, an import, a change of mailboxes.
    Undo,
    /// Do once more what was taken back last.
    Redo,
    /// Write messages to files; what is not here yet is fetched. Existing files are never overwritten.
    Export(ExportArguments),
    /// Put messages from files into a mailbox. Those that it has already are left out, so that an interrupted
    /// import can simply be run again.
    Import(ImportArguments),
    /// Try to connect and sign in, step by step, and say what is wrong. Changes nothing.
    Doctor(DoctorArguments),
    /// Draw a mail or an HTML file as a PNG picture; nothing is loaded from the network.
    Render(RenderArguments),
}

/// `postrider account ...`
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add an account. Signs in at the submission server, if there is one, and says whether sending will work; the first
    /// contact with the IMAP server is `postrider sync`.
    Add(Box<AddArguments>),
    /// List accounts.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Look at the certificate of a server that is not trusted, and trust this one certificate at this one place.
    Trust(TrustArguments),
    /// Remove an account, its local mail and its stored password. Nothing changes on the server.
    Remove {
        /// Address of the account.
        name: String,
    },
}

/// `postrider account add ...`
#[derive(Debug, Args)]
pub struct AddArguments {
    /// Address of the user; also the account's name.
    #[arg(long)]
    pub email: String,
    /// IMAP server. Without it the settings are looked for: in the table that comes with Postrider, then at the domain
    /// and in Mozilla's database of providers.
    #[arg(long, value_name = "HOST:PORT", value_parser = host_port, requires = "security")]
    pub imap: Option<HostPort>,
    /// Protection of the IMAP connection.
    #[arg(long, requires = "imap")]
    pub security: Option<SecurityWord>,
    /// User name at the server, if it is not the address.
    #[arg(long)]
    pub user: Option<String>,
    /// Way of signing in.
    #[arg(long, default_value = "password")]
    pub auth: AuthWord,
    /// Provider that signs you in, such as google, microsoft, yahoo, fastmail; by default the one of the address.
    #[arg(long, value_name = "NAME", conflicts_with = "oauth_issuer")]
    pub oauth_provider: Option<String>,
    /// Any other provider, by the address of its metadata (RFC 8414, OpenID Connect Discovery).
    #[arg(long, value_name = "URL", requires = "oauth_client_id")]
    pub oauth_issuer: Option<String>,
    /// Client id to sign in with.
    #[arg(long, value_name = "ID")]
    pub oauth_client_id: Option<String>,
    /// Submission server.
    #[arg(long, value_name = "HOST:PORT", value_parser = host_port, requires = "smtp_security")]
    pub smtp: Option<HostPort>,
    /// Protection of the submission connection.
    #[arg(long, requires = "smtp")]
    pub smtp_security: Option<SecurityWord>,
    /// Also trust the certificate authority in this PEM file.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Read the password from the first line of standard input and keep it in the system keyring.
    #[arg(long, conflicts_with = "password_command")]
    pub password_stdin: bool,
    /// Shell command that prints the password; it is run at each start, so nothing is kept.
    #[arg(long, value_name = "CMD")]
    pub password_command: Option<String>,
    /// Do not sign in at the mail servers yet.
    #[arg(long)]
    pub no_trial: bool,
}

/// `postrider account trust ...`
#[derive(Debug, Args)]
pub struct TrustArguments {
    /// Address of the account.
    pub name: String,
    /// At the submission server, not the IMAP server.
    #[arg(long)]
    pub smtp: bool,
    /// Trust the certificate with this SHA-256, if it is the one that the server shows.
    #[arg(long, value_name = "SHA256")]
    pub fingerprint: Option<crate::model::Fingerprint>,
    /// Trust it no longer.
    #[arg(long, conflicts_with = "fingerprint")]
    pub forget: bool,
}

/// `postrider doctor ...`
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Only this account.
    #[arg(long)]
    pub account: Option<String>,
    /// One JSON object a step.
    #[arg(long)]
    pub json: bool,
    /// Print what was said, without secrets, also if nothing failed.
    #[arg(long)]
    pub transcript: bool,
}

/// Commands that can be limited to one account.
#[derive(Debug, Args)]
pub struct AccountFilter {
    /// Only this account.
    #[arg(long)]
    pub account: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// `postrider sync ...`
#[derive(Debug, Args)]
pub struct SyncArguments {
    /// Only this account.
    #[arg(long)]
    pub account: Option<String>,
    /// Only this mailbox; may be given several times.
    #[arg(long, value_name = "MAILBOX")]
    pub mailbox: Vec<String>,
    /// Only what the message list shows.
    #[arg(long, conflicts_with = "bodies")]
    pub headers: bool,
    /// Also the bodies of all messages.
    #[arg(long)]
    pub bodies: bool,
    /// End with a summary as a JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `postrider list ...`
#[derive(Debug, Args)]
pub struct ListArguments {
    /// Name as `postrider mailboxes` shows it.
    pub mailbox: String,
    /// Only this account.
    #[arg(long)]
    pub account: Option<String>,
    /// At most this many messages.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// `postrider show ...`
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// Id as `postrider list` shows it.
    #[arg(value_parser = id)]
    pub id: i64,
    /// The whole message as the server has it.
    #[arg(long, group = "form")]
    pub raw: bool,
    /// The text (default, after the main headers).
    #[arg(long, group = "form")]
    pub text: bool,
    /// The HTML, made harmless: no scripts, no addresses of pictures on the network.
    #[arg(long, group = "form")]
    pub html: bool,
    /// One part, decoded; the path is as in RFC 9051, such as 1.2.
    #[arg(long, group = "form", value_name = "P")]
    pub part: Option<crate::model::PartPath>,
    /// What was done to it here and by other clients, when, and what the server answered.
    #[arg(long, groups = ["form", "facts"])]
    pub history: bool,
    /// What the mail tried to do: who it says that it is from, what the receiving server found out, links that are
    /// not what they seem, trackers, what was removed.
    #[arg(long, groups = ["form", "facts"])]
    pub trust: bool,
    /// With --trust: check the signatures here too. This asks the name servers of the domains that signed.
    #[arg(long, requires = "trust")]
    pub check_signatures: bool,
    /// The history as one JSON object a line, or what the mail tried to do as one.
    #[arg(long, requires = "facts")]
    pub json: bool,
}

/// `postrider move ...` and `postrider copy ...`
#[derive(Debug, Args)]
pub struct PlaceArguments {
    /// Ids as `postrider list` shows them, then the name of the mailbox.
    #[arg(required = true, num_args = 2.., value_names = ["ID", "MAILBOX"])]
    pub words: Vec<String>,
    /// The mailbox is one of this account.
    #[arg(long)]
    pub account: Option<String>,
}

/// `postrider flag ...`
#[derive(Debug, Args)]
pub struct FlagArguments {
    /// Ids as `postrider list` shows them, and flags such as +flagged -seen +work.
    #[arg(required = true, num_args = 2.., allow_hyphen_values = true, value_names = ["ID", "FLAG"])]
    pub words: Vec<String>,
}

/// `postrider delete ...`
#[derive(Debug, Args)]
pub struct DeleteArguments {
    /// Ids as `postrider list` shows them.
    #[arg(required = true, value_name = "ID", value_parser = id)]
    pub ids: Vec<i64>,
    /// For good, also if it is not in the trash. There is no way back.
    #[arg(long)]
    pub forever: bool,
}

/// `postrider export ...`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("kind").required(true))]
pub struct ExportArguments {
    /// One mbox file for each mailbox (mboxrd; flags are not kept).
    #[arg(long, group = "kind")]
    pub mbox: bool,
    /// A Maildir for each mailbox, with flags in the file names.
    #[arg(long, group = "kind")]
    pub maildir: bool,
    /// A folder with one .eml file a message for each mailbox.
    #[arg(long, group = "kind")]
    pub eml: bool,
    /// File or folder to make. Without --mailbox: the folder for all mailboxes.
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Only this mailbox.
    #[arg(long, value_name = "M")]
    pub mailbox: Option<String>,
    /// Only this account.
    #[arg(long)]
    pub account: Option<String>,
}

/// `postrider import ...`
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// An mbox file, an .eml file, a Maildir, or a folder of .eml files.
    #[arg(value_name = "FILE|DIR")]
    pub source: PathBuf,
    /// Where the messages go.
    #[arg(long, value_name = "M")]
    pub mailbox: String,
    /// The account of the mailbox.
    #[arg(long)]
    pub account: Option<String>,
}

/// `postrider render ...`
#[derive(Debug, Args)]
pub struct RenderArguments {
    /// A mail (.eml) or HTML (.html).
    pub file: PathBuf,
    /// Where the picture goes; what is there is replaced.
    #[arg(long, value_name = "X.png")]
    pub out: PathBuf,
    /// Width in pixels.
    #[arg(long, value_name = "N", default_value_t = 800, value_parser = clap::value_parser!(u32).range(16..=8192))]
    pub width: u32,
    /// In dark colors.
    #[arg(long)]
    pub dark: bool,
    /// At most this many pixels high.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200_000))]
    pub max_height: Option<u32>,
}

/// `--security` and `--smtp-security`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SecurityWord {
    /// TLS from the first byte, usually port 993.
    Tls,
    /// Upgrade by STARTTLS, usually port 143.
    Starttls,
}

/// `--auth`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AuthWord {
    /// Password by the best mechanism that the server offers.
    Password,
    /// OAuth 2.0 in the browser.
    Oauth,
}

impl From<SecurityWord> for Security {
    fn from(word: SecurityWord) -> Self {
        match word {
            SecurityWord::Tls => Self::Tls,
            SecurityWord::Starttls => Self::StartTls,
        }
    }
}

impl From<AuthWord> for AuthMethod {
    fn from(word: AuthWord) -> Self {
        match word {
            AuthWord::Password => Self::Password,
            AuthWord::Oauth => Self::OAuth,
        }
    }
}

/// `HOST:PORT`; an IPv6 address stands in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    host: String,
    port: u16,
}

impl HostPort {
    /// The server at this place.
    #[must_use]
    pub fn server(&self, security: SecurityWord) -> Server {
        Server { host: self.host.clone(), port: self.port, security: security.into() }
    }
}

fn id(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| "ids are numbers, as `postrider list` shows them".to_owned())
}

fn host_port(text: &str) -> Result<HostPort, String> {
    let expected = || "expected HOST:PORT, such as imap.example.org:993".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(expected)?;
    let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let host = bracketed.unwrap_or(host);
    let unclear_ipv6 = bracketed.is_none() && host.contains(':');
    let bad_host = host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/');
    match port.parse::<u16>() {
        Ok(port) if port != 0 && !bad_host && !unclear_ipv6 => Ok(HostPort { host: host.to_owned(), port }),
        _ => Err(expected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn host_and_port_are_both_needed() {
        let good = [("a.b:993", "a.b", 993), ("[::1]:143", "::1", 143), ("127.0.0.1:1", "127.0.0.1", 1)];
        for (text, host, port) in good {
            assert_eq!(host_port(text), Ok(HostPort { host: host.into(), port }), "{text}");
        }
        for bad in ["a.b", "a.b:", ":993", "a.b:0", "a.b:99999", "::1:143", "a b:1", "imaps://a:993", "a:x"] {
            assert!(host_port(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lines_of_the_readme_are_understood() {
        let lines = [
            "postrider",
            "postrider --demo",
            "postrider --profile d account add --email a@b.c --imap h:993 --security tls --password-stdin",
            "postrider account add --email a@b.c --imap h:143 --security starttls --user u --auth password --smtp h:587 --smtp-security starttls --ca f.pem --password-command cat",
            "postrider account add --email a@b.c --password-stdin",
            "postrider account add --email a@b.c --auth oauth",
            "postrider account trust a@b.c --smtp --forget",
            "postrider doctor --account a@b.c --json",
            "postrider account list --json",
            "postrider account remove a@b.c",
            "postrider sync --account a@b.c --mailbox INBOX --mailbox Sent --headers --json",
            "postrider sync --bodies --profile d",
            "postrider mailboxes --json",
            "postrider list INBOX --limit 5 --json",
            "postrider show 5 --part 1.2",
            "postrider show 5 --raw",
            "postrider show 5 --history",
            "postrider move 5 6 Archive",
            "postrider copy 5 Archive/2026 --profile d",
            "postrider --profile d flag 5 6 +flagged -seen",
            "postrider delete 5 6",
            "postrider delete 5 --forever",
            "postrider undo",
            "postrider redo",
            "postrider move 5 Archive --account b@example.org",
            "postrider show 5 --history --json",
            "postrider export --mbox out.mbox --mailbox INBOX",
            "postrider export --maildir out",
            "postrider export --eml out --mailbox a/b --account a@b.c",
            "postrider import in.mbox --mailbox Archive",
            "postrider render a.eml --out a.png --width 800 --dark --max-height 100",
        ];
        for line in lines {
            assert!(Arguments::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let lines = [
            "postrider sync --headers --bodies",
            "postrider show 5 --raw --html",
            "postrider show x",
            "postrider move 5",
            "postrider delete x",
            "postrider undo 5",
            "postrider account add --email a@b.c --imap h:993 --security none",
            "postrider account add --email a@b.c --imap h:993 --security tls --smtp h:25",
            "postrider account add --email a@b.c --imap h:993",
            "postrider account add --email a@b.c --security tls",
            "postrider account trust a@b.c --fingerprint xyz",
            "postrider frobnicate",
            "postrider export out",
            "postrider export --mbox --eml out",
            "postrider import in.mbox",
            "postrider show 5 --json",
            "postrider render a.eml",
            "postrider render a.eml --out a.png --width 0",
        ];
        for line in lines {
            assert!(Arguments::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
