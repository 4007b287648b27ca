//! Watching a page without a script: whoever wants to has it loaded anew by their browser, and
//! can have that stopped, for a page that changes by itself takes the place from under whoever
//! reads it slowly.

use super::said::Said;

/// Whether a page is loaded anew by itself, and the way to the other.
pub(super) struct Watch {
    /// The page, as it stands still.
    path: String,
    seconds: u8,
    is_on: bool,
}

impl Watch {
    /// Of a page that something goes on at.
    pub(super) fn of(path: &str, seconds: u8, said: &Said) -> Self {
        Self {
            path: path.to_owned(),
            seconds,
            is_on: said.watches(),
        }
    }

    /// The address of the page that is watched. The door knows it: nobody asked for it.
    pub(super) fn address(path: &str) -> String {
        format!("{path}?watching=1")
    }

    /// What the browser is to do by itself.
    pub(super) fn refresh(&self) -> Option<String> {
        let address = Self::address(&self.path);
        self.is_on
            .then(|| format!("{};url={address}", self.seconds))
    }

    /// The link that has it otherwise, and what it says.
    pub(super) fn other(&self) -> (String, String) {
        if self.is_on {
            let said = format!("Stop loading this anew every {} seconds", self.seconds);
            (self.path.clone(), said)
        } else {
            let said = format!("Load this anew every {} seconds", self.seconds);
            (Self::address(&self.path), said)
        }
    }
}
