//! The steps to a client id of one's own at Google. Pure: which step is shown, what is wrong with the chosen file.

use crate::oauth::NotAClient;

/// One step: what to do, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Text key of its heading.
    pub key: &'static str,
    /// Text key of what is to be done.
    pub text: &'static str,
    /// Page of the provider where it is done.
    pub page: Option<&'static str>,
}

/// All steps in their order.
pub const STEPS: [Step; 5] = [
    Step {
        key: "wizard-project",
        text: "wizard-project-text",
        page: Some("https://console.cloud.google.com/projectcreate"),
    },
    Step {
        key: "wizard-consent",
        text: "wizard-consent-text",
        page: Some("https://console.cloud.google.com/auth/overview"),
    },
    Step {
        key: "wizard-publish",
        text: "wizard-publish-text",
        page: Some("https://console.cloud.google.com/auth/audience"),
    },
    Step {
        key: "wizard-client",
        text: "wizard-client-text",
        page: Some("https://console.cloud.google.com/auth/clients/create"),
    },
    Step { key: "wizard-file", text: "wizard-file-text", page: None },
];

/// Where the user is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wizard {
    step: usize,
    /// What was wrong with the file that was chosen.
    pub fault: Option<NotAClient>,
}

impl Wizard {
    /// Number of the step, from 0.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.step
    }

    /// The step.
    #[must_use]
    pub fn step(&self) -> Step {
        STEPS.get(self.step).copied().unwrap_or(STEPS[0])
    }

    /// Goes to a step.
    pub fn turn(&mut self, step: usize) {
        self.step = step.min(STEPS.len() - 1);
        self.fault = None;
    }
}
