//! The council's office: the program with a configuration of a service's database.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::TestService;
use super::program::cp2;
use super::service::SECRET;

pub(crate) struct Office {
    folder: TempDir,
}

impl Office {
    pub(crate) fn at(service: &TestService) -> Self {
        Self::with_database(&service.database_url())
    }

    pub(crate) fn with_database(url: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let text = format!(
            "[server]\npublic_url = \"https://cp2.example.org\"\n\
             [database]\nurl = \"{url}\"\n[keys]\ncurrent = \"test\"\n[keys.key]\ntest = \"{}\"\n\
             [[channel]]\nname = \"at\"\nkind = \"africastalking\"\nsecret = \"{SECRET}\"\n\
             username = \"tests\"\napi_key = \"key-of-tests\"\nservice_codes = [\"*384*2026#\"]\n",
            "5a".repeat(32),
        );
        fs::write(folder.path().join("cp2.toml"), text).unwrap();
        Self { folder }
    }

    /// A file on its desk.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, to be run with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = cp2(arguments);
        command.arg("--config").arg(self.file("cp2.toml"));
        command
    }
}
