//! The doctor's page: tries an account step by step, shows each step as it is taken, keeps the report. Pure.

use crate::doctor::{Report, Step};
use crate::model::AccountId;
use std::sync::Arc;

/// What can happen on the page.
#[derive(Clone, Debug)]
pub enum Message {
    /// All steps so far.
    Stepped(Vec<Step>),
    /// It is done.
    Ended(Arc<Report>),
    /// It is to be stopped.
    StopWanted,
    /// It is to be done once more.
    AgainWanted,
    /// The report is to be copied.
    Copied(String),
}

/// How far an examination is.
#[derive(Clone, Debug)]
pub enum Stage {
    /// It goes on.
    Running,
    /// The user stopped it.
    Stopped,
    /// It is done.
    Done(Arc<Report>),
}

/// What the page wants done.
#[derive(Clone, Debug)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Begin.
    Examine,
    /// Stop the one that goes on.
    Stop,
    /// Put a text on the clipboard.
    Copy(String),
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Of whom.
    pub account: AccountId,
    /// Whether it was asked for outside of the account manager, and leads back there.
    pub from_outside: bool,
    /// How far it is.
    pub stage: Stage,
    /// What was seen so far.
    pub steps: Vec<Step>,
    /// Whether the report was copied.
    pub copied: bool,
}

impl Examination {
    /// A page whose examination has to be begun.
    #[must_use]
    pub const fn new(account: AccountId, from_outside: bool) -> Self {
        Self { account, from_outside, stage: Stage::Running, steps: Vec::new(), copied: false }
    }

    /// Whether it goes on.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Running)
    }

    /// Takes in what happened.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Stepped(steps) if self.is_running() => self.steps = steps,
            Message::Ended(report) if self.is_running() => {
                self.steps.clone_from(&report.steps);
                self.stage = Stage::Done(report);
            }
            Message::StopWanted if self.is_running() => {
                self.stage = Stage::Stopped;
                return Action::Stop;
            }
            Message::AgainWanted if !self.is_running() => {
                *self = Self::new(self.account, self.from_outside);
                return Action::Examine;
            }
            Message::Copied(text) => {
                self.copied = true;
                return Action::Copy(text);
            }
            Message::Stepped(_) | Message::Ended(_) | Message::StopWanted | Message::AgainWanted => {}
        }
        Action::Nothing
    }
}
