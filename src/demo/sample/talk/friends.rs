//! Conversations with friends, the choir, the allotment, the neighbourhood.

use super::{File, Talk, Turn, turn};
use crate::demo::sample::cast::{BEATRIZ, CHOIR, DENTIST, HAROLD, JONAS, LANDLADY, ME, SAM};

pub(super) const TALKS: &[Talk] = &[
    Talk {
        folder: "INBOX",
        subject: "Hut weekend: who drives, who cooks",
        with: &[JONAS, SAM],
        ago: 46,
        turns: &[
            turn(
                JONAS,
                0,
                "",
                "The hut is ours from Friday evening until Sunday. Eight bunks, a stove, no signal, one axe.\n\nTrain to the last stop at 16:12, then ninety minutes on foot. Or by car to the barrier and forty. Who has what?",
            ),
            turn(
                SAM,
                2,
                "",
                "Car with three seats, leaving at five. I can cook on Friday if everyone likes lentils. If not everyone likes lentils I can also cook.",
            ),
            turn(
                ME,
                4,
                "",
                "I take the train, I like the last stop. I bring bread, the good cheese and the map, and cook on Saturday: soup, from the true recipe.\n\nWeather says dry until Sunday noon. There is a ridge path back to the valley that takes four hours and has a bench with a view of three countries.",
            ),
            turn(
                JONAS,
                9,
                "",
                "Train with Robin. Three countries it is. I bring headlamps and the cards.\n\n> Weather says dry until Sunday noon.\n\nIt said that last time as well.",
            ),
            turn(
                SAM,
                11,
                "unread",
                "Packed: lentils. Also packed: the big umbrella, because of last time.\n\nJonas, can you bring the second stove? Mine makes a sound.",
            ),
        ],
    },
    Talk {
        folder: "INBOX",
        subject: "Concert programme and the tenor question",
        with: &[CHOIR],
        ago: 20,
        turns: &[turn(
            BEATRIZ,
            0,
            "unread flagged",
            "Dear all,\n\nthe programme stands: four songs about rivers, two about rain, one about soup (yes, it exists, it is from 1640 and it is wonderful).\n\nWe are still short of tenors. If you know one, bring one. If you are an alto with courage, see me after rehearsal.\n\nTuesday, seven sharp, the small hall. Please bring a pencil, not a pen.\n\nBeatriz",
        )],
    },
    Talk {
        folder: "INBOX",
        subject: "Plot 23: the water butt",
        with: &[HAROLD],
        ago: 66,
        turns: &[
            turn(
                HAROLD,
                0,
                "",
                "Dear plot holder,\n\nit has come to the committee's attention that the water butt on plot 23 has been raised on bricks to a height of 61 centimetres. The rules of 1911 allow 60.\n\nYours sincerely",
            ),
            turn(
                ME,
                5,
                "",
                "Dear Mr. Finch,\n\nthank you for measuring. I have taken away one brick and put back a flat stone. It now stands at 58, which leaves room for moss.\n\nThe beans are early this year, please help yourself when you pass.",
            ),
            turn(
                HAROLD,
                16,
                "",
                "Dear Robin,\n\nthe committee notes the stone with satisfaction. It also notes the beans, which were excellent.",
            ),
        ],
    },
    Talk {
        folder: "INBOX",
        subject: "Reminder: check-up on Wednesday",
        with: &[DENTIST],
        ago: 50,
        turns: &[
            turn(
                DENTIST,
                0,
                "",
                "Dear Robin Hale,\n\nthis is a friendly reminder of your appointment on Wednesday at 8:40.\n\nIf you cannot come, please tell us a day before and somebody else will be happy to have toothache in your place.",
            ),
            turn(
                ME,
                3,
                "",
                "Thank you, I will be there. Would it be possible to have the room with the fish tank again?",
            ),
            turn(DENTIST, 2, "unread", "Of course. The fish have been informed."),
        ],
    },
    Talk {
        folder: "INBOX",
        subject: "Stairwell: light on the second floor",
        with: &[LANDLADY],
        ago: 170,
        turns: &[
            turn(
                ME,
                0,
                "",
                "Dear Mrs. Pettigrew,\n\nthe light on the second floor goes out after eleven seconds. One can do the stairs in eleven seconds, but not with shopping.\n\nCould the electrician have a look?",
            ),
            turn(
                LANDLADY,
                30,
                "",
                "Dear Robin,\n\nhe came today, it is twenty seconds now. He says that with twenty seconds one can even say good evening to a neighbour. I told him to put that on the invoice.\n\nKind regards\nD. Pettigrew",
            ),
        ],
    },
    Talk {
        folder: "INBOX",
        subject: "Can I borrow your long ladder?",
        with: &[SAM],
        ago: 14,
        turns: &[turn(
            SAM,
            0,
            "unread",
            "The swift box fell off the gable and the swifts are due in three weeks. You have the long ladder, I have the screws and a bad feeling about heights. Saturday morning?\n\nI make pancakes.\n\nSam",
        )],
    },
    Talk {
        folder: "Archive",
        subject: "Bicycle: it is not the chain",
        with: &[JONAS],
        ago: 1200,
        turns: &[
            turn(
                ME,
                0,
                "",
                "It clicks. Every second turn, only uphill, only when I am late. I have oiled the chain. I have oiled everything.",
            ),
            turn(
                JONAS,
                2,
                "",
                "> It clicks. Every second turn, only uphill\n\nThen it is the bottom bracket. Bring it on Saturday, I have the tool and you have never seen it, otherwise you would have used it on something by now.",
            ),
            turn(ME, 1, "", "Saturday. I bring rolls and do not touch anything."),
        ],
    },
    Talk {
        folder: "Archive",
        subject: "Seeds to swap",
        with: &[HAROLD],
        ago: 3300,
        turns: &[
            turn(
                HAROLD,
                0,
                "",
                "Dear members,\n\nthe seed swap takes place in the shed on the first Saturday in March. Please label your envelopes. Last year somebody brought \"green things\" and we are still finding them.",
            ),
            turn(
                ME,
                8,
                "",
                "I will bring runner beans (labelled), chard (labelled) and a confession about the green things.",
            ),
        ],
    },
    Talk {
        folder: "Archive",
        subject: "The view from the ridge",
        with: &[JONAS, SAM],
        ago: 4200,
        turns: &[
            Turn {
                by: JONAS,
                after: 0,
                marks: "flagged",
                text: "Sorted the pictures at last. This is the one that I will have on the wall when I am old.",
                files: &[File::Landscape("ridge.png", 1)],
            },
            turn(SAM, 6, "", "You are old. It is a beautiful picture."),
            turn(
                ME,
                2,
                "",
                "On the left one can see the bench. If you look very closely one can see the sandwich.",
            ),
        ],
    },
    Talk {
        folder: "Travel/日本",
        subject: "Night train or morning train",
        with: &[JONAS],
        ago: 700,
        turns: &[
            turn(
                JONAS,
                0,
                "",
                "I read about trains until two in the night. Choices:\n\n  night train    arrives 6:43, breakfast with a view\n  morning train  leaves 7:10, sees the coast, one change\n\nI would like both, one each way.",
            ),
            turn(
                ME,
                3,
                "",
                "Both. Night there, morning back. Kenji says that the small inn by the ferry has two rooms and a bath that looks at the river.\n\nI have put everything on one page with times, names in both scripts, and what to say if we are lost.",
            ),
            turn(JONAS, 4, "flagged", "Of course you have. What do we say if we are lost?"),
            turn(ME, 1, "", "道に迷いました。 And then we point at the map and look sorry."),
        ],
    },
];
