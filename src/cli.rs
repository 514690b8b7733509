//! The command line: words to a mode, faults to exit codes. No logic lives here.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::agent::reach::{Reached, Wish, reach, redial};
use crate::config::{self, Config, Overrides, Paths};
use crate::headless::output::{Exit, Output, complain};
use crate::headless::{audit, check, daemon, decode, explain, fix, helper, journal, passcode, playbook, screen};
use crate::link::Link;
use crate::model::scrub;
use crate::text::{self, Lang};
use crate::tui::start::Wishes;
mod console;
use crate::platform;

/// The maintenance console of this payment terminal.
#[derive(Parser, Debug)]
#[command(name = "pos-console", version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Args, Debug)]
struct Options {
    /// Configuration file
    #[arg(long, global = true, value_name = "F")]
    config: Option<PathBuf>,
    /// Folder for history and audit
    #[arg(long, global = true, value_name = "D")]
    state_dir: Option<PathBuf>,
    /// Socket of the agent
    #[arg(long, global = true, value_name = "P")]
    socket: Option<PathBuf>,
    /// Language: zh or en
    #[arg(long, global = true, value_name = "L")]
    lang: Option<String>,
    /// Frames and marks in ASCII only
    #[arg(long, global = true)]
    ascii: bool,
    /// No colours
    #[arg(long)]
    no_color: bool,
    /// Run from the payment application's menu: leaving ends the session
    #[arg(long)]
    kiosk: bool,
    /// Use the configuration that pos-sim wrote
    #[arg(long, global = true)]
    demo: bool,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the agent: reads the journals, runs checks, keeps history, serves the socket
    Agent,
    /// Print a screen by id or name
    Show {
        screen: String,
        #[arg(long)]
        json: bool,
    },
    /// Run checks now: exit 0 ok, 1 warning, 2 fail, 3 unknown
    Check {
        /// Areas or check ids; none means all
        scope: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    /// Explain a response code
    Explain {
        code: String,
        #[arg(long)]
        profile: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// List transactions, newest last
    Journal {
        #[arg(long)]
        declined: bool,
        /// RFC 3339, YYYY-MM-DD, or an age such as 24h
        #[arg(long, value_name = "T")]
        since: Option<String>,
        /// Rows; 0 means all
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[arg(long, conflicts_with = "csv")]
        json: bool,
        #[arg(long)]
        csv: bool,
    },
    /// List the screens with their keys
    Screens {
        #[arg(long)]
        json: bool,
    },
    /// Run an action by id, number or name
    Do {
        action: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// Seconds until an unconfirmed network action is undone
        #[arg(long, value_name = "SECONDS")]
        guard: Option<u32>,
        #[arg(long)]
        reason: Option<String>,
        /// What net-setup is to set: wifi SSID (its password comes on standard input), hidden SSID [psk, sae or open],
        /// auto IFACE, mobile, apn NAME, fixed IFACE ADDRESS/PREFIX [GATEWAY [DNS]]; what sync-time is to set: time
        /// 2026-11-22T09:30; what test-slip prints: slip test, slip acceptance
        #[arg(long, num_args = 1..=5, value_name = "WORD")]
        set: Vec<String>,
        /// Only show what would be done
        #[arg(long)]
        plan: bool,
        /// Support allows it by phone: its answer comes on standard input
        #[arg(long)]
        phone: bool,
        #[arg(long)]
        json: bool,
    },
    /// The pending guard: exit 0 nothing waits, 1 something does; keep it or undo it
    Guard {
        #[arg(value_parser = ["keep", "undo"])]
        verb: Option<String>,
        /// Support allows it by phone: its answer comes on standard input
        #[arg(long, requires = "verb")]
        phone: bool,
        #[arg(long)]
        json: bool,
    },
    /// The audit trail
    Audit {
        #[arg(value_parser = ["verify"])]
        verb: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Maintenance passcodes: which are set; set or clear one (as root): merchant, technician, phone
    Passcode {
        #[arg(value_parser = ["status", "set", "clear"])]
        verb: String,
        #[arg(value_parser = ["merchant", "technician", "phone"], required_if_eq_any([("verb", "set"), ("verb", "clear")]))]
        what: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Support's side: allow one action of a terminal that was asked for by phone
    Answer {
        /// File with support's key: 64 hexadecimal digits, readable by its owner only
        #[arg(long, value_name = "F")]
        key: PathBuf,
        /// The terminal as its screen names it
        #[arg(long, value_name = "T")]
        terminal: String,
        /// Action by id or number, guard (keep or undo on 00), or passcode-merchant, passcode-technician
        #[arg(long, value_name = "A", required_unless_present = "terminal_key")]
        action: Option<String>,
        /// The ten digits that were read out
        #[arg(required_unless_present = "terminal_key")]
        digits: Vec<String>,
        /// Print the key of this terminal, for `passcode set phone` there
        #[arg(long)]
        terminal_key: bool,
        #[arg(long)]
        json: bool,
    },
    /// Root's side of the shipped units
    #[command(hide = true)]
    Helper {
        #[arg(value_parser = helper::VERBS)]
        verb: String,
        place: Option<String>,
    },
    /// Decode ISO 8583 messages, one in hex per line, masked
    Decode {
        #[arg(long)]
        packing: Option<String>,
        file: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    /// Follow a session by its code (not in this version)
    Follow { code: String },
    /// Read a state code (not in this version)
    StateCode { digits: Vec<String> },
    /// Write a support bundle (not in this version)
    Bundle {
        #[arg(long)]
        out: PathBuf,
    },
    /// Walk a playbook, with the answers so far
    Playbook {
        id: String,
        #[arg(long)]
        answers: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Check the configuration, or print the defaults or the schema
    Config {
        #[arg(value_parser = ["check", "default", "schema"])]
        verb: String,
    },
}

/// Everything a mode needs.
struct Context {
    options: Options,
    paths: Paths,
    config: Arc<Config>,
    lang: Lang,
}

/// Parses the command line and runs what it says.
pub fn main() -> ExitCode {
    hide_cards_in_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else is a misuse; a closed stdout changes nothing.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.code().into() } else { ExitCode::SUCCESS };
        }
    };
    ExitCode::from(run(cli).code())
}

/// What a panic tells may quote the line that was being read.
fn hide_cards_in_panics() {
    std::panic::set_hook(Box::new(|info| complain(&scrub(&info.to_string(), 12))));
}

fn run(cli: Cli) -> Exit {
    let Some(mut lang) = wanted_lang(&cli.options) else {
        complain(&format!("--lang: {}", cli.options.lang.as_deref().unwrap_or_default()));
        return Exit::Usage;
    };
    if let Some(exit) = without_config(&cli, lang) {
        return exit;
    }
    let (config, paths, whole) = match settings(&cli.options) {
        Ok(found) => found,
        Err(faults) => {
            for fault in &faults {
                complain(&fault.sentence(lang));
            }
            return Exit::Config;
        }
    };
    if cli.options.lang.is_none()
        && let Some(chosen) = Lang::from_tag(&config.ui.lang)
    {
        lang = chosen;
    }
    if !whole && matches!(cli.command, Some(Command::Config { .. })) {
        return Exit::Config;
    }
    let context = Context { options: cli.options, paths, config: Arc::new(config), lang };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&error.to_string());
            return Exit::Internal;
        }
    };
    let done = match cli.command {
        None => runtime.block_on(start_console(&context)),
        Some(command) => runtime.block_on(headless(&context, command)),
    };
    // Probes that still hang are not waited for.
    runtime.shutdown_background();
    match done {
        Ok(exit) => exit,
        // Whoever read our output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Ok,
        Err(error) => {
            complain(&error.to_string());
            Exit::Internal
        }
    }
}

/// The configuration, the places that follow from it, and whether every file a site laid beside it stands. Simulated
/// sales never reach the terminal's own history: a demo configuration keeps its state beside itself.
fn settings(options: &Options) -> Result<(Config, Paths, bool), Vec<config::Fault>> {
    let mut wanted = overrides(options);
    if options.demo && wanted.config.is_none() {
        wanted.config = Some(Paths::find(&wanted).demo_config());
    }
    let paths = Paths::find(&wanted);
    let mut config = config::load(wanted.config.as_deref(), &paths)?;
    config.actions_dir = paths.config.join("actions.d");
    let asked = options.lang.as_ref().and_then(|_| wanted_lang(options));
    let lang = asked.or_else(|| Lang::from_tag(&config.ui.lang)).or_else(|| wanted_lang(options)).unwrap_or(Lang::EN);
    let books = crate::playbooks::load_dir(&paths.config.join("playbooks"));
    let tables = crate::codes::load_dir(&paths.config.join("codes"), &crate::playbooks::ids());
    let chapters = crate::handbook::load_dir(&paths.config.join("handbook"));
    let faults: Vec<_> = [tables, books, chapters].into_iter().flatten().collect();
    // A site's file with a fault is left out whole; what is built in still explains.
    for fault in &faults {
        complain(&fault.sentence(lang));
    }
    let whole = site_packings(&paths, lang) && faults.is_empty();
    if config.demo && wanted.state_dir.is_none() {
        wanted.state_dir = Some(paths.config.join("state"));
        return Ok((config, Paths::find(&wanted), whole));
    }
    Ok((config, paths, whole))
}

fn overrides(options: &Options) -> Overrides {
    Overrides { config: options.config.clone(), state_dir: options.state_dir.clone(), socket: options.socket.clone() }
}

/// Lays a site's own packings beside those built in, and says which file is left out and why; true if none is.
fn site_packings(paths: &Paths, lang: Lang) -> bool {
    let faults = crate::iso8583::load_dir(&paths.config.join("packings.d"));
    let whole = faults.is_empty();
    for fault in faults {
        let args = [("file", fault.file.into()), ("line", fault.line.into()), ("detail", fault.detail.into())];
        complain(&text::ta(lang, "cli-packing-fault", &args));
    }
    whole
}

/// `--lang`, else LC_ALL, LC_MESSAGES, LANG, else Chinese. None for a language we do not have.
fn wanted_lang(options: &Options) -> Option<Lang> {
    if let Some(tag) = &options.lang {
        return Lang::from_tag(tag);
    }
    let from_env = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|tag| !tag.is_empty()));
    Some(from_env.and_then(|tag| Lang::from_tag(&tag)).unwrap_or(Lang::ZH))
}

/// Commands that answer from what is built in.
fn without_config(cli: &Cli, lang: Lang) -> Option<Exit> {
    let missing = |name: &str| {
        complain(&text::ta(lang, "cli-not-yet", &[("command", name.into())]));
        Some(Exit::Unavailable)
    };
    match cli.command.as_ref()? {
        Command::Screens { json } => Some(finished(Output::new(lang, *json), screen::list)),
        Command::Decode { packing, file, json } => {
            site_packings(&Paths::find(&overrides(&cli.options)), lang);
            Some(finished(Output::new(lang, *json), |out| decode::run(packing.as_deref(), file.as_deref(), out)))
        }
        Command::Answer { key, terminal, action, digits, terminal_key, json } => {
            let ask = passcode::Ask {
                key: key.clone(),
                terminal: terminal.clone(),
                action: action.clone(),
                digits: digits.clone(),
                derive: *terminal_key,
            };
            Some(finished(Output::new(lang, *json), |out| passcode::answer(&ask, out)))
        }
        Command::Follow { .. } => missing("follow"),
        Command::StateCode { .. } => missing("state-code"),
        Command::Bundle { .. } => missing("bundle"),
        Command::Config { verb } if verb != "check" => {
            let print = |out: &mut Output| {
                out.raw(&if verb == "default" {
                    config::DEFAULT_TOML.to_owned()
                } else {
                    format!("{:#}\n", config::schema())
                })?;
                Ok(Exit::Ok)
            };
            Some(finished(Output::new(lang, false), print))
        }
        _ => None,
    }
}

fn finished(mut out: Output, print: impl FnOnce(&mut Output) -> io::Result<Exit>) -> Exit {
    match print(&mut out).and_then(|exit| out.finish().map(|()| exit)) {
        Ok(exit) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Ok,
        Err(error) => {
            complain(&error.to_string());
            Exit::Internal
        }
    }
}

async fn headless(context: &Context, command: Command) -> io::Result<Exit> {
    let mut out = Output::new(context.lang, wants_json(&command));
    out.demo = context.config.demo;
    let exit = match command {
        Command::Helper { verb, place } => {
            helper::run(&verb, place.as_deref(), &context.config, &context.paths.state).await
        }
        Command::Agent => daemon::run(&context.config, &context.paths, context.lang).await?,
        Command::Explain { code, profile, .. } => {
            let profile = profile.unwrap_or_else(|| default_profile(&context.config));
            if !crate::codes::profiles().contains(&profile.as_str()) {
                complain(&text::ta(context.lang, "cli-unknown-profile", &[("profile", profile.into())]));
                return Ok(Exit::Usage);
            }
            // Without an agent that runs there is nothing to ask: no store is opened for a word's meaning.
            let mut link = redial(&context.wish(false)).await.ok();
            let last = match &mut link {
                Some(link) => explain::last(link, &code).await,
                None => None,
            };
            explain::run(&code, &profile, last.as_ref(), &mut out)?
        }
        Command::Config { .. } => {
            out.line(&text::t(context.lang, "config-good"))?;
            Exit::Ok
        }
        other => attached(context, other, &mut out).await?,
    };
    out.finish()?;
    Ok(exit)
}

/// Commands that need an agent: one that runs, or one of their own for as long as they take.
async fn attached(context: &Context, command: Command, out: &mut Output) -> io::Result<Exit> {
    let wish = context.wish(false);
    let Reached { mut link, agent, .. } = match reach(&wish).await {
        Ok(reached) => reached,
        Err(error) => {
            complain(&error.to_string());
            return Ok(Exit::Unavailable);
        }
    };
    let done = ask(context, command, &mut link, out).await;
    if let Some(agent) = agent {
        agent.stop().await;
    }
    done
}

async fn ask(context: &Context, command: Command, link: &mut Link, out: &mut Output) -> io::Result<Exit> {
    match command {
        Command::Show { screen, .. } => screen::run(link, &screen, out).await,
        Command::Check { scope, .. } => check::run(link, scope, out).await,
        Command::Journal { declined, since, limit, csv, .. } => {
            let since = match since.map(|text| journal::since(&text, platform::now()).ok_or(text)).transpose() {
                Ok(since) => since,
                Err(text) => {
                    complain(&text::ta(context.lang, "cli-bad-since", &[("text", text.into())]));
                    return Ok(Exit::Usage);
                }
            };
            journal::run(link, &journal::Ask { declined, since, limit, csv }, out).await
        }
        Command::Audit { verb, .. } => match verb {
            Some(_) => audit::verify(link, out).await,
            None => audit::list(link, out).await,
        },
        Command::Do { action, yes, guard, reason, plan, set, phone, .. } => {
            fix::run(link, &action, fix::Ask { plan, yes, guard_s: guard, reason, set, phone }, out).await
        }
        Command::Passcode { verb, what, .. } => match what.as_deref().and_then(passcode::What::of) {
            Some(what) if verb != "status" => passcode::change(link, what, verb == "clear", out).await,
            _ => passcode::status(link, out).await,
        },
        Command::Guard { verb, phone, .. } => fix::guard(link, verb.as_deref(), phone, out).await,
        Command::Playbook { id, answers, .. } => {
            playbook::run(link, &id, answers.as_deref().unwrap_or_default(), out).await
        }
        _ => Ok(Exit::Usage),
    }
}

fn wants_json(command: &Command) -> bool {
    match command {
        Command::Show { json, .. }
        | Command::Check { json, .. }
        | Command::Explain { json, .. }
        | Command::Journal { json, .. }
        | Command::Do { json, .. }
        | Command::Guard { json, .. }
        | Command::Playbook { json, .. }
        | Command::Passcode { json, .. }
        | Command::Audit { json, .. } => *json,
        _ => false,
    }
}

fn default_profile(config: &Config) -> String {
    config.source.first().map_or_else(|| "unionpay".to_owned(), |source| source.profile.clone())
}

impl Context {
    fn wish(&self, watch: bool) -> Wish {
        Wish { config: self.config.clone(), state: self.paths.state.clone(), dial: self.paths.dial.clone(), watch }
    }
}

async fn start_console(context: &Context) -> io::Result<Exit> {
    let wishes = Wishes {
        lang: context.options.lang.as_ref().map(|_| context.lang),
        ascii: context.options.ascii,
        no_color: context.options.no_color,
        kiosk: context.options.kiosk,
    };
    console::run(context.wish(true), wishes, &context.config.ui, context.lang).await
}
