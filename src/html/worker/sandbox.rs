//! Walls around the render process, put up once the fonts are known.
//!
//! Linux: limits of memory, time and files, set before it starts; Landlock leaves of the file system only the folders of fonts, to be
//! read; seccomp leaves only the calls that computing needs, so there is no socket to make and no program to
//! start. macOS and other Unix: the limits only. Windows: none of these yet. On all of them the process has no code
//! that would open a connection (Blitz is built without its network part), and the window's process ends it when
//! it takes too long.

use crate::html::wire::Sandbox;
use std::path::Path;
use std::process::Command;

#[cfg(target_os = "linux")]
pub(super) use linux::enter;

/// Memory of a process in bytes: pixels of pictures, layout of the largest mail, and a stack.
pub(in crate::html) const MAX_MEMORY: u64 = 1024 * 1024 * 1024;
/// Processor time of a process in seconds. The window's process ends one sooner; this is for when that is gone.
const MAX_SECONDS: u64 = 900;
/// Open files: fonts, and the three pipes.
const MAX_FILES: u64 = 256;

/// The start of a render process, with its limits. The shell sets them because a program can set its own only
/// by unsafe code, of which there is none here; a limit that a system does not have is left out.
pub(in crate::html) fn command(program: &Path) -> Command {
    if cfg!(unix) {
        // Signal 25 (SIGXFSZ) would end a process that fontconfig has write its cache; ignored, the write fails.
        let limits = format!(
            "trap '' 25; ulimit -c 0; ulimit -f 0; ulimit -n {MAX_FILES}; ulimit -t {MAX_SECONDS}; ulimit -v {};",
            MAX_MEMORY / 1024
        );
        let limits = limits.replace(';', " 2>/dev/null;") + " exec \"$0\" \"$@\"";
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(limits).arg(program);
        shell
    } else {
        Command::new(program)
    }
}

/// No walls here but the limits.
#[cfg(not(target_os = "linux"))]
pub(super) fn enter() -> Sandbox {
    Sandbox::default()
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{MAX_MEMORY, Sandbox};
    use landlock::{
        ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
        RulesetStatus, path_beneath_rules,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, apply_filter_all_threads,
    };
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    /// Puts up all walls that this system has.
    pub(in crate::html::worker) fn enter() -> Sandbox {
        Sandbox { limits: limits(), files: files(), calls: calls() }
    }

    /// Whether the limits hold that [`command`] sets: the kernel is asked, not the shell.
    fn limits() -> bool {
        let text = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let limit = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        limit("Max address space").is_some_and(|bytes| bytes <= MAX_MEMORY)
            && limit("Max file size") == Some(0)
            && limit("Max cpu time").is_some()
    }

    /// Where fonts are kept.
    fn font_folders() -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> =
            ["/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts", "/nix/store"]
                .iter()
                .map(PathBuf::from)
                .collect();
        if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
            all.extend([home.join(".fonts"), home.join(".local/share/fonts")]);
        }
        if let Some(data) = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from) {
            all.push(data.join("fonts"));
        }
        all.extend(configured());
        all.retain(|folder| folder.is_dir());
        all
    }

    /// Folders that fontconfig is told of; without them letters in those fonts would be missing.
    fn configured() -> Vec<PathBuf> {
        let home = std::env::var("HOME").unwrap_or_default();
        let own = std::env::var("FONTCONFIG_FILE").unwrap_or_else(|_| "/etc/fonts/fonts.conf".to_owned());
        let mut all = Vec::new();
        for file in [own, "/etc/fonts/local.conf".to_owned(), format!("{home}/.config/fontconfig/fonts.conf")]
        {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            for piece in text.split("<dir").skip(1) {
                let Some((_, rest)) = piece.split_once('>') else { continue };
                let folder = rest.split("</dir>").next().unwrap_or_default().trim();
                let folder = folder.replacen('~', &home, usize::from(folder.starts_with('~')));
                // Never the whole disk or a whole home: such a folder is no folder of fonts.
                if folder.starts_with('/') && folder.len() > 1 && folder.trim_end_matches('/') != home {
                    all.push(PathBuf::from(folder));
                }
            }
        }
        all
    }

    fn files() -> bool {
        // The newest rights that the crate knows; an older kernel enforces those that it knows.
        let abi = ABI::V5;
        let closed = || {
            Ruleset::default()
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(abi))?
                .create()?
                .add_rules(path_beneath_rules(font_folders(), AccessFs::from_read(ABI::V1)))?
                .restrict_self()
        };
        closed().is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
    }

    /// Calls that computing, threads, fonts and pipes need. All others fail as if the kernel did not have them.
    fn allowed() -> BTreeMap<i64, Vec<SeccompRule>> {
        let plain = [
            libc::SYS_read,
            libc::SYS_readv,
            libc::SYS_write,
            libc::SYS_writev,
            libc::SYS_pread64,
            libc::SYS_openat,
            libc::SYS_close,
            libc::SYS_fstat,
            libc::SYS_newfstatat,
            libc::SYS_statx,
            libc::SYS_lseek,
            libc::SYS_fcntl,
            libc::SYS_faccessat,
            libc::SYS_getdents64,
            libc::SYS_readlinkat,
            libc::SYS_mmap,
            libc::SYS_munmap,
            libc::SYS_mremap,
            libc::SYS_mprotect,
            libc::SYS_madvise,
            libc::SYS_brk,
            libc::SYS_futex,
            libc::SYS_sched_yield,
            libc::SYS_sched_getaffinity,
            libc::SYS_clock_gettime,
            libc::SYS_clock_nanosleep,
            libc::SYS_nanosleep,
            libc::SYS_gettimeofday,
            libc::SYS_getrandom,
            libc::SYS_rt_sigaction,
            libc::SYS_rt_sigprocmask,
            libc::SYS_rt_sigreturn,
            libc::SYS_sigaltstack,
            libc::SYS_set_robust_list,
            libc::SYS_rseq,
            libc::SYS_prlimit64,
            libc::SYS_getpid,
            libc::SYS_gettid,
            libc::SYS_tgkill,
            libc::SYS_exit,
            libc::SYS_exit_group,
            libc::SYS_restart_syscall,
            libc::SYS_uname,
            libc::SYS_sysinfo,
            libc::SYS_ppoll,
        ];
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            plain.into_iter().map(|call| (call, Vec::new())).collect();
        #[cfg(target_arch = "x86_64")]
        for call in [libc::SYS_poll, libc::SYS_open, libc::SYS_stat, libc::SYS_access, libc::SYS_readlink] {
            rules.insert(call, Vec::new());
        }
        // A thread, yes; a process, no. `clone3` hides its flags: it fails, and the C library uses `clone`.
        if let Some(rule) = only_threads() {
            rules.insert(libc::SYS_clone, vec![rule]);
        }
        rules
    }

    fn only_threads() -> Option<SeccompRule> {
        let thread = u64::try_from(libc::CLONE_THREAD | libc::CLONE_VM).ok()?;
        let flags =
            SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), thread).ok()?;
        SeccompRule::new(vec![flags]).ok()
    }

    fn calls() -> bool {
        let Ok(arch) = std::env::consts::ARCH.try_into() else { return false };
        let Ok(absent) = u32::try_from(libc::ENOSYS) else { return false };
        let filter = SeccompFilter::new(allowed(), SeccompAction::Errno(absent), SeccompAction::Allow, arch);
        let program: Option<BpfProgram> = filter.ok().and_then(|filter| filter.try_into().ok());
        program.is_some_and(|program| apply_filter_all_threads(&program).is_ok())
    }
}
