//! Who is at the command line, for the audit log.

use std::fs;
use std::os::unix::fs::MetadataExt;

use clap::Args;

/// Who takes something out or reads it.
#[derive(Debug, Args)]
pub(super) struct By {
    /// Who does it, for the audit log; without it, the user of this shell
    #[arg(long = "by", value_name = "NAME")]
    name: Option<String>,
}

impl By {
    /// As the audit log calls them.
    pub(super) fn actor(&self) -> String {
        let name = self.name.clone().unwrap_or_else(user_of_shell);
        format!("operator:{name}")
    }
}

/// Whoever became another user by `sudo`, or else the user that this process runs as.
fn user_of_shell() -> String {
    let before = std::env::var("SUDO_USER").ok();
    before.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        let own = fs::metadata("/proc/self").map_or(0, |own| own.uid());
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        name_of(own, &users).unwrap_or_else(|| format!("uid {own}"))
    })
}

/// The name of a user, as `/etc/passwd` has it.
fn name_of(user: u32, users: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut cells = line.split(':');
        let (name, number) = (cells.next()?, cells.nth(1)?);
        (number.parse() == Ok(user)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_called_as_the_system_calls_them() {
        let users = "root:x:0:0:root:/root:/bin/bash\nwanjiku:x:1000:1000::/home/wanjiku:/bin/sh\n";
        assert_eq!(name_of(1000, users).as_deref(), Some("wanjiku"));
        assert_eq!(name_of(0, users).as_deref(), Some("root"));
        assert_eq!(name_of(1, users), None);
        assert!(!user_of_shell().is_empty());
    }
}
