//! The appointment letter of a deployment, drawn.

use tokio::task::spawn_blocking;

use crate::actions;
use crate::store::deployments::Deployment;
use crate::store::people::Person;

use super::app::App;

/// Draws a letter, which takes too long for a unit of work. None for a person without a
/// line.
pub(super) async fn draw(
    app: &App,
    person: &Person,
    deployment: &Deployment,
) -> Result<Option<Vec<u8>>, LetterFailed> {
    let Some(data) = actions::letter_data(&app.tools, person, deployment) else {
        return Ok(None);
    };
    let drawer = app.clone();
    Ok(Some(
        spawn_blocking(move || drawer.letters.render(&data)).await??,
    ))
}

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetterFailed {
    #[error(transparent)]
    Action(#[from] actions::ActionError),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Letter(#[from] crate::letters::LetterError),
    #[error("the letter was not drawn")]
    Cut(#[from] tokio::task::JoinError),
}
