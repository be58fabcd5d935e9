//! Threads of a mailing list about tide tables.

use super::{Talk, turn};
use crate::demo::sample::cast::ME;
use crate::demo::sample::letter::Person;

const FOLDER: &str = "Lists/tide-dev";
pub(super) const LIST: Person = Person::new("tide-dev", "tide-dev@lists.tidewater.example");
const MARTA: Person = Person::new("Marta Lindqvist", "marta@tidewater.example");
const OLE: Person = Person::new("Ole Brandt", "ole@example.org");
const YUSUF: Person = Person::new("Yusuf Demir", "yusuf@example.com");
const GRACE: Person = Person::new("Grace Mbeki", "grace@example.net");
const HAL: Person = Person::new("Hal Tremain", "hal@example.org");
const FEI: Person = Person::new("Fei Lin", "fei@example.com");

pub(super) const TALKS: &[Talk] = &[
    Talk {
        folder: FOLDER,
        subject: "[tide-dev] Release 4.2 \"Spring\": call for testers",
        with: &[LIST],
        ago: 60,
        turns: &[
            turn(
                MARTA,
                0,
                "",
                "Hello all,\n\n4.2 is ready for testing. New since 4.1:\n\n- harmonic constants for 212 more harbours\n- half the memory on small devices\n- the week view no longer skips Sundays (sorry, Sundays)\n\nSource: https://tidewater.example/4.2-rc1.tar.gz\nPlease report what breaks, and also what does not. We collect both.",
            ),
            turn(
                OLE,
                7,
                "",
                "Builds here, all tests pass, Sundays are back.\n\nOne thing: the printed table for Husum is one line longer than the page. It was always nearly too long.",
            ),
            turn(
                YUSUF,
                3,
                "",
                "Works on the boat computer (a very old one). Memory went from 9 to 4 MB. My anchor alarm has room again, thank you.",
            ),
            turn(
                GRACE,
                11,
                "",
                "> - harmonic constants for 212 more harbours\n\nI compared thirty of them with the official tables. Twenty-nine within two minutes. Simon's Town is off by forty; I think a sign is wrong in M4. Patch follows in its own thread.",
            ),
            turn(
                ME,
                5,
                "",
                "Tested the export that our atlas uses: identical to 4.1 for all old harbours, and the new ones sort correctly. Nice work.",
            ),
            turn(
                MARTA,
                9,
                "unread",
                "Thank you all. I fix the page length, wait for Grace's patch and call it rc2 on Friday.",
            ),
            turn(
                HAL,
                4,
                "unread",
                "Late to the party: the man page still says 4.0. I know nobody reads it. I read it.",
            ),
        ],
    },
    Talk {
        folder: FOLDER,
        subject: "[tide-dev] [PATCH] Fix the sign of M4 for Simon's Town",
        with: &[LIST],
        ago: 36,
        turns: &[
            turn(
                GRACE,
                0,
                "",
                "The phase was copied from a table that counts from local noon.\n\n---\n data/harbours/za.toml | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n [simons_town]\n-m4 = { amplitude = 0.012, phase = -171.3 }\n+m4 = { amplitude = 0.012, phase = 171.3 }",
            ),
            turn(
                FEI,
                6,
                "",
                "Reviewed. I also looked for other harbours from the same table: there are none, this was a single copy.\n\nReviewed-by: Fei Lin <fei@example.com>",
            ),
            turn(
                MARTA,
                8,
                "unread",
                "Applied, thank you. I added a test that compares one known high water for each country, so that a wrong sign has nowhere to hide.",
            ),
        ],
    },
    Talk {
        folder: FOLDER,
        subject: "[tide-dev] Leap seconds, again",
        with: &[LIST],
        ago: 300,
        turns: &[
            turn(
                HAL,
                0,
                "",
                "Our tables are computed in UT1 and printed in civil time. The difference is below a second. Does anybody know a ship that arrived late because of that?",
            ),
            turn(OLE, 2, "", "No, but I know a captain who would write us a letter."),
            turn(
                FEI,
                5,
                "",
                "I would rather write one sentence into the manual than code into the program:\n\n\"Times are rounded to the minute. The sea does the same.\"",
            ),
            turn(MARTA, 6, "flagged", "I love that sentence and it goes in. Thread closed, seconds remain."),
            turn(HAL, 1, "", "I am content."),
        ],
    },
    Talk {
        folder: FOLDER,
        subject: "[tide-dev] Format of harbour names",
        with: &[LIST],
        ago: 820,
        turns: &[
            turn(
                YUSUF,
                0,
                "",
                "Some names come in capitals, some with the country, one with an exclamation mark. Proposal: local name first, in its own script, then a Latin form.\n\n  İzmir\n  Πειραιάς (Piraeus)\n  那覇 (Naha)",
            ),
            turn(FEI, 4, "", "Strongly in favour. Sorting should use the collation of the reader, not ours."),
            turn(
                OLE,
                3,
                "",
                "In favour. I ask for mercy with the fixed-width tables, 那覇 takes four columns, not two.",
            ),
            turn(
                GRACE,
                8,
                "",
                "> I ask for mercy with the fixed-width tables\n\nThere is a small function for that in the week view, we can share it.",
            ),
            turn(
                ME,
                10,
                "",
                "We did the same for the atlas: both names, always. It needed two evenings and made many people happy. I can send our list of 1,400 names, checked by people who live there.",
            ),
            turn(YUSUF, 2, "", "Yes please!"),
            turn(
                MARTA,
                12,
                "",
                "Then it is decided. Robin, please send the list as TOML if you can. If you cannot, send it anyway.",
            ),
        ],
    },
    Talk {
        folder: FOLDER,
        subject: "[tide-dev] Harmonic analysis in fixed point?",
        with: &[LIST],
        ago: 1500,
        turns: &[
            turn(
                OLE,
                0,
                "",
                "The small device has no floating point unit. A day takes 1.4 s to compute, most of it in cosine. Would anyone mind a table of 1,024 entries with linear interpolation?",
            ),
            turn(
                GRACE,
                9,
                "",
                "Error bound? With 1,024 entries it is about 5e-6 of the amplitude, that is 20 micrometres of water. I do not mind.",
            ),
            turn(HAL, 2, "", "> that is 20 micrometres of water\n\nThe duck makes bigger waves."),
            turn(
                OLE,
                20,
                "",
                "Done: 0.09 s a day instead of 1.4, and the largest difference over a year is 0.1 mm.\n\n  before  1.41 s\n  after   0.09 s\n\nThe duck has been informed.",
            ),
            turn(MARTA, 5, "", "Merged. This is why I like this list."),
        ],
    },
    Talk {
        folder: FOLDER,
        subject: "[tide-dev] Introduction",
        with: &[LIST],
        ago: 2300,
        turns: &[
            turn(
                FEI,
                0,
                "",
                "Hi, I am new here. I repair clocks and found your program while looking for the period of a very strange pendulum. It turned out to be M2.\n\nHappy to help with data and with anything that ticks.",
            ),
            turn(MARTA, 3, "", "Welcome! A clock with a lunar pendulum: pictures, please."),
            turn(YUSUF, 5, "", "Welcome from the boat!"),
        ],
    },
];
