//! `pos-sim`: the simulated terminal, for demo, training and tests. Parses and hands over; the logic is in `sim`.

#[path = "../sim/mod.rs"]
mod sim;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use sim::SimError;
use sim::bulk::{Order, write};
use sim::faults::{Fault, Faults};
use sim::line::{Pen, Schema};
use sim::moment::local_offset;
use sim::run::{Options, REQUEST_PERMILLE, run, set_faults};
use sim::setup::Setup;
use sim::terminal::Pace;

/// A simulated payment terminal and its acquirer on loopback. Nothing it writes or says is real.
#[derive(Parser)]
#[command(name = "pos-sim", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play a shop: journal, acquirer host and a ready configuration in one folder, until it is stopped
    Run(RunArgs),
    /// Switch faults of a running simulation; `none` switches all off
    Fault {
        /// The folder of the simulation
        #[arg(long)]
        dir: PathBuf,
        /// mute, no-answer, refuse, expired, not-yet-valid, wrong-name, untrusted, slow, decline-XX, garbage, close,
        /// torn, rotate, truncate, none
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
    /// Only write the configuration for a folder
    Config {
        /// The folder
        #[arg(long)]
        dir: PathBuf,
        /// Port of the acquirer
        #[arg(long, default_value_t = 6000)]
        port: u16,
        #[command(flatten)]
        manner: Manner,
    },
    /// Write a big journal, the same every time, and say on stderr what it holds
    Journal {
        /// Lines, garbage included
        #[arg(long)]
        lines: u64,
        /// Another seed is another shop
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The file; standard output if not given
        #[arg(long)]
        out: Option<PathBuf>,
        /// With another vendor's field names, to be read with [source.map] (see `pos-sim config --map`)
        #[arg(long)]
        map: bool,
        /// Garbage among 1000 lines: torn, binary, GBK, objects that are no transaction
        #[arg(long, default_value_t = 0, value_name = "PERMILLE", value_parser = clap::value_parser!(u64).range(..=1000))]
        garbage: u64,
        /// Requests among 1000 that are logged before their answer
        #[arg(long, default_value_t = REQUEST_PERMILLE, value_name = "PERMILLE", value_parser = clap::value_parser!(u64).range(..=1000))]
        requests: u64,
    },
}

#[derive(Args)]
struct Manner {
    /// TLS with an own authority (DIR/ca.pem) instead of plain TCP
    #[arg(long)]
    tls: bool,
    /// Write the journal with another vendor's field names, and [source.map] into the configuration
    #[arg(long, conflicts_with = "format")]
    map: bool,
    /// What the journal is written in: JSON lines, lines of text, the log of a jPOS channel, ISO 8583 messages in hex,
    /// or a table of a database
    #[arg(long, default_value = "jsonl", value_parser = ["jsonl", "text", "jpos", "iso8583", "sqlite"])]
    format: String,
    /// The application waits so long for an answer
    #[arg(long, default_value_t = 15, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    answer_timeout: u64,
}

impl Manner {
    fn schema(&self) -> Schema {
        match self.format.as_str() {
            "text" => Schema::Text,
            "jpos" => Schema::Jpos,
            "iso8583" => Schema::Hex,
            "sqlite" => Schema::Table,
            _ if self.map => Schema::Mapped,
            _ => Schema::Default,
        }
    }
}

#[derive(Args)]
struct RunArgs {
    /// The folder for journal, certificates and configuration; made if missing
    #[arg(long)]
    dir: PathBuf,
    /// Another seed is another shop
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Customers a minute
    #[arg(long, default_value_t = 6.0, value_parser = speed)]
    speed: f64,
    /// Days of past sales, written at once
    #[arg(long, default_value_t = 0, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(..=4000))]
    history: u32,
    /// Customers of a past day
    #[arg(long, default_value_t = 180, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    per_day: u32,
    /// A fault from the start on; more with `pos-sim fault`
    #[arg(long, value_name = "NAME")]
    fault: Vec<Fault>,
    /// Port of the acquirer on 127.0.0.1; a free one if not given
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Stop after so many customers
    #[arg(long, value_name = "N")]
    customers: Option<u64>,
    /// No outage in the shop's day
    #[arg(long)]
    no_outage: bool,
    /// The bank answers at once
    #[arg(long)]
    instant: bool,
    /// Stop when this process is gone
    #[arg(long = "while", value_name = "PID", value_parser = clap::value_parser!(i32).range(1..))]
    watched: Option<i32>,
    #[command(flatten)]
    manner: Manner,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.01..=100_000.0).contains(&speed) => Ok(speed),
        _ => Err("customers a minute, 0.01 to 100000".to_owned()),
    }
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(64) };
        }
    };
    let done = match cli.command {
        Command::Run(args) => play(args),
        Command::Fault { dir, names } => {
            Faults::parse(&names.join(" ")).map_err(SimError::Usage).and_then(|faults| set_faults(&dir, &faults))
        }
        Command::Config { dir, port, manner } => configure(&dir, port, &manner),
        Command::Journal { lines, seed, out, map, garbage, requests } => {
            let schema = if map { Schema::Mapped } else { Schema::Default };
            // Always the same offset: the same order gives the same bytes on every machine.
            let pen = Pen { schema, offset: 480 };
            bulk(&Order { lines, seed, garbage_permille: garbage, request_permille: requests, pen }, out)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "pos-sim: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn play(args: RunArgs) -> Result<(), SimError> {
    let options = Options {
        dir: args.dir,
        seed: args.seed,
        history_days: args.history,
        per_day: args.per_day,
        pace: Pace { per_minute: args.speed, customers: args.customers, outages: !args.no_outage },
        faults: Faults::new(args.fault),
        tls: args.manner.tls,
        port: args.port,
        answer_timeout_s: args.manner.answer_timeout,
        schema: args.manner.schema(),
        offset: local_offset(),
        watched: args.watched,
        think_permille: if args.instant { 0 } else { 1000 },
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SimError::Start)?;
    runtime.block_on(run(options))
}

fn configure(dir: &Path, port: u16, manner: &Manner) -> Result<(), SimError> {
    std::fs::create_dir_all(dir).map_err(SimError::file(dir))?;
    let dir = dir.canonicalize().map_err(SimError::file(dir))?;
    let setup = Setup { dir, port, tls: manner.tls, schema: manner.schema(), answer_timeout_s: manner.answer_timeout };
    let path = setup.write()?;
    let _ = writeln!(std::io::stdout(), "pos-sim: {}", path.display());
    Ok(())
}

fn bulk(order: &Order, out: Option<PathBuf>) -> Result<(), SimError> {
    let (path, tally) = match out {
        Some(path) => {
            let file = File::create(&path).map_err(SimError::file(&path))?;
            let tally = write(order, file);
            (path, tally)
        }
        None => (PathBuf::from("standard output"), write(order, std::io::stdout().lock())),
    };
    let tally = tally.map_err(SimError::file(&path))?;
    let _ = writeln!(
        std::io::stderr(),
        "pos-sim: lines={} transactions={} requests={} unreadable={} others={} bytes={}",
        tally.lines,
        tally.transactions,
        tally.requests,
        tally.unreadable,
        tally.others,
        tally.bytes
    );
    Ok(())
}
