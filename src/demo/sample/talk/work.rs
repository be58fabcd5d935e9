//! Conversations at work: the atlas, the website, the exhibition.

use super::{File, Talk, Turn, turn};
use crate::demo::sample::cast::{AMARA, FERNWEG, INGRID, KENJI, LUCIA, ME, PRIYA, TOMASZ};

const ATLAS: &str = "Projects/Atlas of Small Rivers";
const WEB: &str = "Projects/Website";
const SHOW: &str = "Projects/Ausstellung Köln";

pub(super) const TALKS: &[Talk] = &[
    Talk {
        folder: "INBOX",
        subject: "Proofs for sheet 4 are here",
        with: &[AMARA, TOMASZ],
        ago: 27,
        turns: &[
            Turn {
                by: AMARA,
                after: 0,
                marks: "flagged work",
                text: "Good morning both,\n\nthe printer sent the proofs for sheet 4 last night and I could not wait for daylight to open the parcel. The blues are finally blue. The contour lines hold down to the thinnest weight, even in the folds.\n\nTwo things I would like your eyes on before Thursday noon:\n\n1. The label \"Upper Weir\" sits on top of the footbridge. Move it left, or drop it?\n2. The scale bar says 2 km in English and 2 км in the Bulgarian edition. Same length on paper, but the text box is wider. Tomasz, can it breathe a little?\n\nScans attached. The real thing lies on the big table, please do not put coffee on it. I am looking at nobody in particular.",
                files: &[
                    File::Map("sheet-4-proof.png", 3),
                    File::Pdf(
                        "proof-notes.pdf",
                        &[
                            "Sheet 4, second proof",
                            "Blue 2 corrected from 78 to 71 percent.",
                            "Contour interval 5 m, index lines every 25 m.",
                            "Open: label of Upper Weir, width of the scale bar.",
                            "Deadline for changes: Thursday, noon.",
                        ],
                    ),
                ],
            },
            turn(
                TOMASZ,
                3,
                "work",
                "I move the label left, it has room there and the footbridge is older than the weir anyway.\n\nScale bar: the box can grow 4 mm to the right before it meets the neatline. I send a new file after lunch.",
            ),
            turn(
                ME,
                2,
                "",
                "Left is good. And please keep the footbridge, three readers have written to us about that bridge.\n\nI will come by tomorrow at nine and look at the paper itself. Without coffee.",
            ),
            turn(
                AMARA,
                18,
                "unread work",
                "Tomasz's file went to the printer at half past eight, they confirmed at nine. If nothing falls from the sky we hold the finished sheet on Monday.\n\nRobin, you left your scarf on the big table. It is a very good scarf. You have until Friday to claim it.",
            ),
        ],
    },
    Talk {
        folder: "INBOX",
        subject: "Names on the Japanese sheets",
        with: &[KENJI],
        ago: 52,
        turns: &[
            turn(
                KENJI,
                0,
                "",
                "Dear Robin,\n\nI checked the place names of the first three sheets against the survey of 1911 and the present maps. Most are right. I found seven that an old man in the village would laugh at; I send them as a table so that nobody has to type.\n\nThe small stream near the tea fields has two names. On the east bank people say one, on the west bank the other. My suggestion: print both. A map should not take sides in a quarrel that is 200 years old.",
            ),
            turn(
                ME,
                6,
                "",
                "Dear Kenji,\n\nboth names it is, and I will put your sentence about the quarrel into the notes at the back, with your permission.\n\nCould you send the table as CSV? Our database prefers it to anything with colours in it.",
            ),
            Turn {
                by: KENJI,
                after: 20,
                marks: "unread",
                text: "You have my permission, and also that of the east bank. I asked.\n\nThe table is attached. Column three is the reading in kana for your index.",
                files: &[File::Table(
                    "names.csv",
                    "sheet,printed,reading\n1,茶畑川,ちゃばたけがわ\n1,東の沢,ひがしのさわ\n2,西の沢,にしのさわ\n2,水車小屋,すいしゃごや\n3,石橋,いしばし\n3,渡し場,わたしば\n3,柳淵,やなぎぶち\n",
                )],
            },
        ],
    },
    Talk {
        folder: "INBOX",
        subject: "Monday meeting moves to ten",
        with: &[FERNWEG],
        ago: 7,
        turns: &[turn(
            PRIYA,
            0,
            "unread",
            "Hi all,\n\nthe room is taken until ten on Monday (the cheese people again), so we start at ten. Agenda so far:\n\n- print run: 3,000 or 4,000\n- who goes to the book fair\n- the coffee machine: repair, replace, or accept\n\nAdd yours in the pad. https://pad.fernweg.example/monday",
        )],
    },
    Talk {
        folder: ATLAS,
        subject: "Chapter 7: the river that goes missing",
        with: &[LUCIA],
        ago: 240,
        turns: &[
            turn(
                LUCIA,
                0,
                "",
                "Querido Robin,\n\nhere is what I have for chapter 7. The river really does disappear: for eleven kilometres there is only gravel, then it comes up again in a meadow full of mint as if nothing had happened. The shepherd there calls it \"la tímida\", the shy one.\n\nI would like to open the chapter with the meadow and go backwards, upstream, to the place where it leaves. What do you think?",
            ),
            turn(
                ME,
                9,
                "",
                "Yes, backwards. A reader who arrives at the mint first will want to know how the water got there.\n\nTomasz asks whether we know the line underground or only guess it. If we guess, he draws it dotted, and he would like to know how far the dots may be from the truth.",
            ),
            turn(
                LUCIA,
                15,
                "",
                "We know two points for certain. In 1978 somebody put dye in at the mill and it coloured the mint meadow four days later. (The cows were briefly green. There is a photograph.)\n\nBetween the two we guess. Let him draw dots, and let the dots wander a little, like the river would.",
            ),
            turn(
                TOMASZ,
                26,
                "",
                "Wandering dots are the best request of this year. Drawn. I used 0.4 mm with irregular gaps, so nobody thinks it is a border.\n\nIs the photograph of the cows free to print?",
            ),
            turn(
                LUCIA,
                5,
                "flagged",
                "The photographer is 91 and says: only if the cows are named. They were Paloma, Reina and a third one he does not remember. He is asking his sister.",
            ),
            turn(ME, 3, "", "Please tell him that the book will wait for the third cow."),
        ],
    },
    Talk {
        folder: ATLAS,
        subject: "Paper samples",
        with: &[AMARA],
        ago: 400,
        turns: &[
            turn(
                AMARA,
                0,
                "",
                "Three samples are in your pigeonhole: 100, 115 and 130 grams. The 115 is my favourite: it folds without cracking and a pencil still bites.\n\nPrices per thousand sheets, with delivery:\n\n  100 g    212.00\n  115 g    238.50\n  130 g    291.00\n\nTell me by Friday and I can still get the autumn price.",
            ),
            turn(
                ME,
                22,
                "",
                "I folded all three forty times and then took them into the shower. 115 wins. The 130 sulked.\n\nOrder it, please.",
            ),
            turn(
                AMARA,
                2,
                "",
                "You took them into the shower. Of course you did.\n\nOrdered: 115 g, 18,000 sheets, delivery in two weeks.",
            ),
        ],
    },
    Talk {
        folder: ATLAS,
        subject: "Sound for the listening page",
        with: &[LUCIA],
        ago: 330,
        turns: &[
            Turn {
                by: LUCIA,
                after: 0,
                marks: "",
                text: "I stood at the weir at five in the morning with the good microphone and a thermos. Half a minute of it is attached, raw, nothing cut.\n\nAround second twenty you may hear a heron being cross. I did not move, it simply disliked me.",
                files: &[File::Recording("weir-at-five.wav")],
            },
            turn(
                ME,
                12,
                "",
                "This is lovely. I played it in the kitchen and the cat left the room to look for the water.\n\nPriya can put it on the website as soon as there is a page for it. Which licence shall we write under it?",
            ),
            turn(
                LUCIA,
                4,
                "",
                "Free for everyone, with my name and the name of the river. The heron waives its rights.",
            ),
        ],
    },
    Talk {
        folder: ATLAS,
        subject: "Index: sort order of Å, Ä, Ö",
        with: &[TOMASZ],
        ago: 610,
        turns: &[
            turn(
                TOMASZ,
                0,
                "",
                "The Swedish editor says Å comes after Z. The German one says Ä is A. The Danish one agrees with the Swedish one but orders the three differently.\n\nWhich alphabet has the index?",
            ),
            turn(
                ME,
                5,
                "",
                "The one of the language of the edition, each time. I know that this means four indexes. I am sorry. I will bring cake.",
            ),
            turn(TOMASZ, 1, "", "What kind of cake?"),
            turn(ME, 1, "", "Poppy seed."),
            turn(TOMASZ, 1, "", "Then four indexes are no problem."),
        ],
    },
    Talk {
        folder: WEB,
        subject: "Map tiles are slow on old phones",
        with: &[PRIYA],
        ago: 150,
        turns: &[
            turn(
                PRIYA,
                0,
                "",
                "Measured on the oldest phone I could find (my uncle's, he wants it back):\n\n  first tile     1.9 s\n  all tiles      6.4 s\n  scrolling      11 frames a second\n\nThe shading is the heavy part. If we draw it once into the tile instead of on the device, all three should halve. It costs 40 MB on the server. Fine with you?",
            ),
            turn(
                ME,
                4,
                "",
                "40 MB for half the waiting is a bargain. Go ahead.\n\nPlease keep the old tiles for a week, just in case your uncle likes them better.",
            ),
            turn(
                PRIYA,
                46,
                "",
                "Done, on staging: https://staging.fernweg.example/rivers\n\n  first tile     0.8 s\n  all tiles      2.7 s\n  scrolling      smooth, says the uncle\n\nHe has his phone back and asks when his river will be in the atlas.",
            ),
            turn(ME, 8, "", "Second volume, tell him. And thank him for his service."),
        ],
    },
    Talk {
        folder: WEB,
        subject: "Accessibility review of the order form",
        with: &[PRIYA, AMARA],
        ago: 520,
        turns: &[
            turn(
                PRIYA,
                0,
                "",
                "I went through the order form with the keyboard and with a screen reader, both for the first time from start to end. Findings:\n\n1. The country list announces 249 items and then says nothing when one is chosen.\n2. Error messages are red and nothing else. A screen reader reads: \"blank\".\n3. The button at the end is a picture. It says: \"button\".\n\nI can fix all three this week if the discount page waits until next.",
            ),
            turn(
                AMARA,
                3,
                "",
                "The discount page has waited since spring, it is used to it. Please fix the form.",
            ),
            turn(
                ME,
                1,
                "",
                "Yes, form first. Could you write down how you tested, step by step? Then any of us can do it again before a release.",
            ),
            turn(
                PRIYA,
                30,
                "",
                "All three fixed and the steps are in the wiki: https://wiki.fernweg.example/how-to-listen-to-a-form\n\nThe button now says: \"Order the atlas, 34 euros\". Turns out that words are good.",
            ),
        ],
    },
    Talk {
        folder: SHOW,
        subject: "Hanging plan for the river room",
        with: &[INGRID],
        ago: 96,
        turns: &[
            Turn {
                by: INGRID,
                after: 0,
                marks: "",
                text: "Dear Robin,\n\nI measured the room again with the long tape. The east wall takes nine sheets in a row if we accept 12 cm between frames; with 15 cm it is eight and the rhythm is calmer. I vote for eight.\n\nThe light from the window reaches the third frame at four in the afternoon in June. Nothing there should be older than we are.",
                files: &[File::Pdf(
                    "hanging-plan.pdf",
                    &[
                        "River room, east wall",
                        "Eight frames 60 x 80 cm, gap 15 cm, height 152 cm to the middle.",
                        "Window side: new prints only.",
                        "Opening: Saturday, 5 p.m., with the choir.",
                    ],
                )],
            },
            turn(
                ME,
                10,
                "",
                "Eight, with room to breathe. I will move the ninth sheet to the entrance, where people wait for their coats and have time to read.\n\nWould the wall carry a speaker? We have half a minute of weir.",
            ),
            turn(
                INGRID,
                14,
                "",
                "The wall carries whatever you like, it is half a metre of brick. Send me the size of the speaker and I will find a shelf that pretends not to be there.",
            ),
            turn(
                INGRID,
                44,
                "unread",
                "One more question: the invitation cards. Do we write Köln or Cologne? The director says both, the printer says there is only room for one, and I say: the river was here before either.",
            ),
        ],
    },
    Talk {
        folder: "Archive",
        subject: "Welcome to Fernweg",
        with: &[AMARA],
        ago: 9200,
        turns: &[turn(
            AMARA,
            0,
            "flagged",
            "Dear Robin,\n\nit is official: at last night's assembly the cooperative voted you in, eleven to nothing, with one abstention by somebody who had fallen asleep (not from boredom, from a newborn).\n\nYour desk is the one by the window. The chair creaks on purpose. Keys are with the bakery downstairs.",
        )],
    },
    Talk {
        folder: "Archive",
        subject: "Book fair: stand 14B",
        with: &[AMARA, PRIYA],
        ago: 1900,
        turns: &[
            turn(
                AMARA,
                0,
                "",
                "We have 14B again, between the walking guides and the man with the globes. Who is there on which day?\n\n  Thursday   Amara, ?\n  Friday     ?, ?\n  Saturday   Priya, ?",
            ),
            turn(ME, 3, "", "Put me down for Thursday and Friday. On Saturday I sing."),
            turn(
                PRIYA,
                2,
                "",
                "Friday too, then Robin has somebody to hold the till while explaining contour lines for twenty minutes.",
            ),
            turn(
                AMARA,
                30,
                "",
                "Settled. We sold 212 last year, let's see. The man with the globes has already asked whether we bring the poppy seed cake again.",
            ),
        ],
    },
];
