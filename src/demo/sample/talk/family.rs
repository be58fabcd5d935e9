//! Conversations with the family.

use super::{File, Talk, Turn, turn};
use crate::demo::sample::cast::{ANTON, ME, MIRA};

pub(super) const TALKS: &[Talk] = &[
    Talk {
        folder: "INBOX",
        subject: "Sunday lunch?",
        with: &[MIRA],
        ago: 3,
        turns: &[turn(
            MIRA,
            0,
            "unread",
            "Are you coming on Sunday? Dad is making the soup, the big pot, so bring somebody or bring jars.\n\nThe twins have drawn you a map of the garden. North is wherever the swing is. Please praise it, they asked twice whether real map people would be able to read it.\n\nx Mira",
        )],
    },
    Talk {
        folder: "INBOX",
        subject: "Pictures from the coast",
        with: &[MIRA, ANTON],
        ago: 30,
        turns: &[
            Turn {
                by: MIRA,
                after: 0,
                marks: "",
                text: "We are back! Sand in everything, including, somehow, the toaster.\n\nHere are the three best ones. The second is the evening when Dad said that he does not care for sunsets and then did not speak for an hour.",
                files: &[
                    File::Landscape("first-evening.png", 0),
                    File::Landscape("dad-and-the-sunset.png", 2),
                    File::Landscape("last-morning.png", 3),
                ],
            },
            turn(
                ANTON,
                5,
                "unread",
                "I was thinking about the gutter.\n\nThe second picture is good. Could you have it printed for me, not too large.",
            ),
        ],
    },
    Talk {
        folder: "INBOX",
        subject: "The old atlas from the attic",
        with: &[ANTON],
        ago: 120,
        turns: &[
            turn(
                ANTON,
                0,
                "",
                "Robin, I found your grandmother's school atlas behind the Christmas box. It still has her pencil notes. On page 31 she corrected the course of our stream, and she was right, I went and looked.\n\nDo you want it, or shall it stay here until you have shelves?",
            ),
            turn(
                ME,
                7,
                "",
                "I want it, shelves or not. Please wrap it in something soft and do not send it by post, I will come and get it on Sunday.\n\nShe corrected the stream! Of course she did. May I scan page 31 for the office?",
            ),
            turn(
                ANTON,
                13,
                "flagged",
                "You may. She would have liked an office full of people who check streams.\n\nI have wrapped it in the blue towel.",
            ),
        ],
    },
    Talk {
        folder: "INBOX",
        subject: "Twins: school trip and the form",
        with: &[MIRA],
        ago: 75,
        turns: &[
            turn(
                MIRA,
                0,
                "",
                "Could you be the second grown-up on the school trip on the 14th? It is the water works. You would have nine children and one whistle.",
            ),
            turn(
                ME,
                2,
                "",
                "Water works, a whistle and nine children: yes, obviously yes. What do I have to sign?",
            ),
            Turn {
                by: MIRA,
                after: 3,
                marks: "",
                text: "You are the best. The form is attached, they want it on paper with a real signature. Size of raincoat, too.",
                files: &[File::Pdf(
                    "school-trip.pdf",
                    &[
                        "Meadow School: trip to the water works",
                        "Name of the accompanying adult: ______________________",
                        "Telephone on the day: ______________________",
                        "Raincoat: S   M   L",
                        "I know that the pipes are loud and the children louder.",
                    ],
                )],
            },
        ],
    },
    Talk {
        folder: "Archive",
        subject: "Grandmother's soup, the true recipe",
        with: &[ANTON, MIRA],
        ago: 2600,
        turns: &[
            turn(
                MIRA,
                0,
                "",
                "Dad, for the record and before we all guess for another twenty years: how does the soup go?",
            ),
            turn(
                ANTON,
                26,
                "flagged recipe",
                "It goes like this, for the big pot:\n\n- two handfuls of split peas, soaked overnight\n- three carrots, one parsnip, half a celeriac, all small\n- an onion with its skin, for the colour\n- a bay leaf and the rind of an old cheese\n- water until your mother would say: that is too much\n\nTwo hours. No lid in the last half hour. Salt at the end, vinegar at the table. If it tastes of nothing, wait; if it still tastes of nothing, you forgot the rind.",
            ),
            turn(
                ME,
                2,
                "",
                "Printed, laminated, hung over the stove. I am making it tonight and will report.",
            ),
            turn(
                ANTON,
                1,
                "",
                "Do not laminate a recipe, it must get stains. How else will you know which page.",
            ),
        ],
    },
    Talk {
        folder: "Archive",
        subject: "Moving day",
        with: &[MIRA],
        ago: 5100,
        turns: &[
            turn(
                MIRA,
                0,
                "",
                "Van is booked, Saturday at eight. Jonas brings straps, Sam brings arms. I bring sandwiches and opinions about where the sofa goes.",
            ),
            turn(
                ME,
                5,
                "",
                "The sofa goes where it fits through the door, which is one place. Thank you for all of it. I labelled the boxes with coordinates, please do not laugh.",
            ),
            turn(MIRA, 1, "", "Too late."),
        ],
    },
];
