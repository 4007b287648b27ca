//! A unit of work that reads until something has to be written.

use crate::store::{Store, StoreError, Tx};

/// What is read before something is written may be old by then; actions that write look again at
/// what they rely on.
pub(super) struct Unit<'a> {
    store: &'a Store,
    tx: Option<Tx>,
    writes: bool,
}

impl<'a> Unit<'a> {
    pub(super) fn of(store: &'a Store) -> Self {
        Self {
            store,
            tx: None,
            writes: false,
        }
    }

    pub(super) fn writes(&self) -> bool {
        self.writes
    }

    /// What is held, begun for reading where nothing is.
    pub(super) fn tx(&mut self) -> &mut Tx {
        self.tx.get_or_insert_with(|| self.store.read_singly())
    }

    /// Holds no connection while something slow is done, unless something is written already.
    pub(super) fn rest(&mut self) {
        if !self.writes {
            self.tx = None;
        }
    }

    /// From here on, what is done can be kept.
    pub(super) async fn write(&mut self) -> Result<(), StoreError> {
        if !self.writes {
            self.rest();
            self.tx = Some(self.store.begin().await?);
            self.writes = true;
        }
        Ok(())
    }

    pub(super) async fn into_writing(mut self) -> Result<Tx, StoreError> {
        self.rest();
        match self.tx {
            Some(tx) => Ok(tx),
            None => self.store.begin().await,
        }
    }
}
