//! The people of the sample mailbox. Everyone lives below a domain reserved for examples (RFC 2606).

use super::letter::Person;

/// How somebody's mail program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// Fixed lines, answers below the quote.
    Plain,
    /// Flowed lines, answers below the quote.
    Flowed,
    /// Text and HTML, answers above the quote.
    Html,
    /// A telephone: plain text, answers above the quote.
    Phone,
}

pub(super) const ME: Person = Person::new("Robin Hale", crate::demo::USER);
pub(super) const MIRA: Person = Person::new("Mira Hale", "mira@hale.example");
pub(super) const ANTON: Person = Person::new("Anton Hale", "anton@hale.example");
pub(super) const JONAS: Person = Person::new("Jonas Weber", "jonas.weber@example.org");
pub(super) const AMARA: Person = Person::new("Amara Okafor", "amara@fernweg.example");
pub(super) const TOMASZ: Person = Person::new("Tomasz Zieliński", "tomasz@fernweg.example");
pub(super) const PRIYA: Person = Person::new("Priya Raman", "priya@fernweg.example");
pub(super) const KENJI: Person = Person::new("Kenji Watanabe", "kenji@chizu.example");
pub(super) const LUCIA: Person = Person::new("Lucía Fernández", "lucia@rios.example");
pub(super) const BEATRIZ: Person = Person::new("Beatriz Nunes", "beatriz@choir.example");
pub(super) const HAROLD: Person = Person::new("Harold Finch", "h.finch@allotments.example");
pub(super) const INGRID: Person = Person::new("Ingrid Solberg", "ingrid@kunsthalle.example");
pub(super) const SAM: Person = Person::new("Sam Adeyemi", "sam@example.net");
pub(super) const DENTIST: Person = Person::new("Dr. Okonkwo's Practice", "reception@smile.example");
pub(super) const LANDLADY: Person = Person::new("Mrs. Pettigrew", "pettigrew@example.com");
pub(super) const FERNWEG: Person = Person::new("Fernweg Team", "team@fernweg.example");
pub(super) const CHOIR: Person = Person::new("Riverside Choir", "everyone@choir.example");

/// How they write.
pub(super) fn habit(person: Person) -> Habit {
    if [AMARA, INGRID, DENTIST, LUCIA].contains(&person) {
        Habit::Html
    } else if [MIRA, SAM, BEATRIZ].contains(&person) {
        Habit::Phone
    } else if [ME, TOMASZ, PRIYA].contains(&person) {
        Habit::Flowed
    } else {
        Habit::Plain
    }
}

/// The lines under their mails.
pub(super) fn signature(person: Person) -> &'static str {
    match person.email {
        "amara@fernweg.example" => {
            "Amara Okafor\nProduction, Fernweg cooperative\nHarbour Street 12, third floor, follow the smell of coffee"
        }
        "tomasz@fernweg.example" => "Tomasz Zieliński | cartography | Fernweg",
        "priya@fernweg.example" => "Priya",
        "kenji@chizu.example" => "Kenji Watanabe\nChizu-ya, maps old and new",
        "lucia@rios.example" => "Lucía Fernández\nRíos vivos",
        "h.finch@allotments.example" => "H. Finch, secretary\nLower Meadow Allotment Society, founded 1911",
        "ingrid@kunsthalle.example" => "Ingrid Solberg\nKunsthalle am Fluss",
        "reception@smile.example" => "Your friendly reception",
        "robin@postrider.example" => "Robin",
        _ => "",
    }
}
