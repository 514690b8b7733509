//! The full-screen console: brings the loop of the screens to an agent, again and again.

use std::io;

use crate::agent::Agent;
use crate::agent::reach::{Reached, Wish, reach, redial};
use crate::config::UiConfig;
use crate::headless::output::{Exit, complain};
use crate::link::Link;
use crate::text::{self, Lang};
use crate::tui::runtime::{self, Connector, ExitReason, RunOptions};
use crate::tui::start::{Surroundings, Wishes, options};

/// Keeps the agent of this process for as long as the console needs it.
struct Keeper {
    wish: Wish,
    agent: Option<Agent>,
    /// An agent has been reached before.
    reached: bool,
}

impl Connector for &mut Keeper {
    async fn connect(&mut self) -> io::Result<Link> {
        if let Some(gone) = self.agent.take() {
            // It gave the folder away: the one that asked for it is about to answer.
            gone.stop().await;
        }
        if self.reached {
            return redial(&self.wish).await.map_err(io::Error::other);
        }
        let Reached { link, agent, .. } = reach(&self.wish).await.map_err(io::Error::other)?;
        self.agent = agent;
        self.reached = true;
        Ok(link)
    }
}

/// Runs until the person leaves or the terminal does.
pub async fn run(wish: Wish, wishes: Wishes, config: &UiConfig, lang: Lang) -> io::Result<Exit> {
    let around = Surroundings::of(|name| std::env::var(name).ok());
    let app = options(wishes, config, &around, seed());
    let run = RunOptions { app, term: around.term.clone(), remote: around.remote };
    let mut keeper = Keeper { wish, agent: None, reached: false };
    let ended = runtime::run(&mut keeper, run).await;
    if let Some(agent) = keeper.agent {
        agent.stop().await;
    }
    match ended {
        Ok(ExitReason::Quit | ExitReason::Gone) => Ok(Exit::Ok),
        Ok(ExitReason::Signal(number)) => Ok(Exit::Signal(number)),
        Err(runtime::TuiError::NotATerminal) => {
            complain(&text::t(lang, "cli-no-terminal"));
            Ok(Exit::Usage)
        }
        Err(error) => {
            complain(&error.to_string());
            Ok(Exit::Internal)
        }
    }
}

/// Codes in dialogs only have to differ from time to time: nobody attacks with them.
fn seed() -> u64 {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_nanos());
    nanos as u64 ^ u64::from(std::process::id()) << 32
}
