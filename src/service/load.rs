//! What a configuration names, opened: the database, menus, keys, letters.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;

use crate::actions::{CATALOGUE, Pulse, Tools};
use crate::aggregators::Routes;
use crate::config::Config;
use crate::crypto::{Hasher, Keys, MasterKey};
use crate::letters::{Council, Letters, TemplateFile};
use crate::menus::{Current, Edition, embedded, prove, read_folder};
use crate::store::{Store, StoreSettings};

use super::StartError;

/// Opens the database of a configuration and brings its schema up to date.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    let store = Store::open(&settings(config)).await?;
    store.migrate().await?;
    Ok(store)
}

/// Opens a database that is there, and brings its schema up to date: a mistyped path is no
/// new database.
pub async fn existing_store(config: &Config) -> Result<Store, StartError> {
    let store = store_as_it_is(config).await?;
    store.migrate().await?;
    Ok(store)
}

/// Opens a database that is there and leaves its schema alone.
pub async fn store_as_it_is(config: &Config) -> Result<Store, StartError> {
    let settings = StoreSettings {
        create: false,
        ..settings(config)
    };
    Ok(Store::open(&settings).await?)
}

fn settings(config: &Config) -> StoreSettings {
    StoreSettings {
        url: config.database.url.expose_secret().to_owned(),
        connections: config.database.connections,
        patience: Duration::from_millis(config.database.patience_ms),
        create: true,
        pooler: config.database.pooler,
    }
}

/// The menus of a configuration, proven.
pub fn load_menus(config: &Config) -> Result<Edition, StartError> {
    let files = match &config.menus.folder {
        Some(folder) => read_folder(folder).map_err(StartError::MenuFiles)?,
        None => embedded(),
    };
    let menu = prove(&files, &CATALOGUE).map_err(StartError::Menus)?;
    Ok(Edition::new(files, menu))
}

/// The keys of a configuration.
pub fn load_keys(config: &Config) -> Result<Keys, StartError> {
    let mut by_name = BTreeMap::new();
    for (name, key) in &config.keys.key {
        by_name.insert(name.clone(), MasterKey::parse(key.expose_secret())?);
    }
    Ok(Keys::new(config.keys.current.clone(), by_name)?)
}

/// What actions work with under a configuration, for one that is run from the command line.
pub fn load_tools(config: &Config) -> Result<Tools, StartError> {
    let current = Current::new(load_menus(config)?);
    tools_with(config, load_keys(config)?, current)
}

pub(super) fn tools_with(config: &Config, keys: Keys, menu: Current) -> Result<Tools, StartError> {
    // One core is left for hops.
    let at_once = std::thread::available_parallelism().map_or(1, |cores| (cores.get() - 1).max(1));
    Ok(Tools {
        routes: Routes::new(&config.route),
        keys,
        hasher: Hasher::new(at_once)?,
        policy: config.policy.clone(),
        operator: config.operator.clone(),
        retention: config.retention.clone(),
        api: config.api.clone(),
        menu,
        public_url: config.server.public_url.clone(),
        service_code: service_code(config).unwrap_or_default(),
        pulse: Pulse::default(),
    })
}

/// The code that people are told to dial.
fn service_code(config: &Config) -> Option<String> {
    config.channel.first()?.service_codes.first().cloned()
}

/// The letters of the council of a configuration.
pub fn load_letters(config: &Config) -> Result<Letters, StartError> {
    let council = &config.council;
    let own = match &council.letters_folder {
        Some(folder) => letter_files(folder).map_err(StartError::LetterFiles)?,
        None => Vec::new(),
    };
    let council = Council {
        crest: council.read_crest()?,
        accent: council.accent,
        name: council.name.clone(),
        address: council.address.clone(),
        signatory: council.signatory.clone(),
        signatory_title: council.signatory_title.clone(),
        service_code: service_code(config),
        reference: council.letter_reference.clone(),
        invitation_reference: council.invitation_reference.clone(),
    };
    Ok(Letters::new(council, &own)?)
}

/// The letters of a folder, but for its guide.
pub fn letter_files(folder: &Path) -> std::io::Result<Vec<TemplateFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_letter = path.extension().is_some_and(|end| end == "md");
        if is_letter && path.file_name().is_some_and(|name| name != "README.md") {
            files.push(TemplateFile {
                text: std::fs::read_to_string(&path)?,
                path: path.display().to_string(),
            });
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
