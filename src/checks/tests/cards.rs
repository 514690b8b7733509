//! The reader checks on a real smart card service with a virtual card: service up and down, card in and out, mute and
//! odd cards; and whatever is done, the log of the card's commands holds nothing but the choice of a directory.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::*;

const INSIDE: &str = "POS_CONSOLE_TEST_CARDS";
const SOCKET: &str = "/run/pcscd/pcscd.comm";

#[test]
fn a_real_service_with_a_virtual_card() {
    let there = |program: &str| Path::new(program).exists();
    let driver = "/usr/lib/pcsc/drivers/serial";
    if !there("/usr/sbin/pcscd") || !(there(driver) || there("/etc/reader.conf.d/vpcd")) {
        println!("skipped: pcscd or the virtual reader (vsmartcard-vpcd) is not installed");
        return;
    }
    let can = Command::new("unshare").args(["-rnm", "ip", "link"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no namespaces for this user, or no `ip`");
        return;
    }
    let lay = "set -e; mount -t tmpfs none /run; ip link set lo up; exec \"$@\"";
    let exe = std::env::current_exe().expect("this test");
    let status = Command::new("unshare")
        .args(["-rnm", "--fork", "--kill-child", "sh", "-c", lay, "sh"])
        .arg(exe)
        .args(["checks::tests::cards::inside", "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .expect("unshare");
    assert!(status.success(), "see above");
}

/// Ends with the test.
struct Service(Child);

impl Service {
    fn start() -> Self {
        std::fs::create_dir_all("/run/pcscd").expect("/run/pcscd");
        let child = Command::new("/usr/sbin/pcscd")
            .arg("--foreground")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pcscd");
        until("the service listens", || std::os::unix::net::UnixStream::connect(SOCKET).is_ok());
        Self(child)
    }

    fn stop(mut self) {
        self.0.kill().expect("ours");
        self.0.wait().expect("ended");
        let _ = std::fs::remove_file(SOCKET);
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// How the card behaves.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Good,
    /// Answers to its reset, then never again but for a late nothing.
    Odd,
}

/// A card in the virtual slot (vpcd's protocol: two bytes of length, then one byte of control or a command). Pulled
/// when dropped.
struct VirtualCard {
    line: TcpStream,
    commands: Arc<Mutex<Vec<Vec<u8>>>>,
    out: Arc<AtomicBool>,
}

impl VirtualCard {
    fn put_in(manner: Manner) -> Self {
        let mut line = None;
        until("the slot is open", || {
            line = TcpStream::connect("127.0.0.1:35963").ok();
            line.is_some()
        });
        let line = line.expect("open");
        let (commands, out) = (Arc::<Mutex<Vec<Vec<u8>>>>::default(), Arc::new(AtomicBool::new(false)));
        let (mut end, log, gone) = (line.try_clone().expect("a line"), commands.clone(), out.clone());
        std::thread::spawn(move || {
            while !gone.load(Ordering::Relaxed) {
                let mut length = [0; 2];
                if end.read_exact(&mut length).is_err() {
                    return;
                }
                let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
                if end.read_exact(&mut message).is_err() {
                    return;
                }
                let answer: Vec<u8> = match (message.as_slice(), manner) {
                    ([4], _) => vec![0x3B, 0x68, 0, 0, 0, 0x73, 0xC8, 0x40, 0x12, 0, 0x90, 0],
                    ([_], _) => continue,
                    (_, Manner::Good) => {
                        log.lock().expect("log").push(message.clone());
                        // A directory as cards have it, with words that nobody must keep.
                        let mut told = b"\x6f\x1a\x84\x0e1PAY.SYS.DDF01\xa5\x08\x88\x01\x01\x5f\x2d\x02zh".to_vec();
                        told.extend([0x90, 0x00]);
                        told
                    }
                    (_, Manner::Odd) => {
                        log.lock().expect("log").push(message.clone());
                        vec![0x6F, 0x00]
                    }
                };
                let mut frame = (answer.len() as u16).to_be_bytes().to_vec();
                frame.extend(answer);
                if end.write_all(&frame).is_err() {
                    return;
                }
            }
        });
        Self { line, commands, out }
    }

    fn log(&self) -> Vec<Vec<u8>> {
        self.commands.lock().expect("log").clone()
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        self.out.store(true, Ordering::Relaxed);
        let _ = self.line.shutdown(std::net::Shutdown::Both);
    }
}

/// What the checks of the reader say now.
fn say(asked: &str) -> BTreeMap<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let found = runtime.block_on(async {
        let cx = Cx {
            host: crate::platform::real(),
            config: Arc::default(),
            journal: Arc::default(),
            now: Stamp::default(),
            previous: Arc::default(),
            asked: Arc::new(vec![asked.to_owned()]),
        };
        let wanted = select(&["reader".to_owned()]).expect("an area");
        let mut found = run(cx, &wanted).await;
        judge(&mut found);
        found
    });
    found.iter().map(|found| (found.id.clone(), shown(found))).collect()
}

/// Waits until the finding says so.
fn says(id: &str, asked: &str, expected: &str) {
    let mut told = BTreeMap::new();
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        told.clone_from(&say(asked));
        if told.get(id).is_some_and(|said| said == expected) {
            return;
        }
        assert!(Instant::now() < end, "{id} is not {expected:?}: {told:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    says("reader.service", "", "absent reader-service-none");
    let service = Service::start();
    says("reader.device", "", "ok reader-device-ok");
    says("reader.card", "", "absent reader-card-empty");

    let card = VirtualCard::put_in(Manner::Good);
    says("reader.card", "", "ok reader-card-present");
    assert_eq!(card.log(), Vec::<Vec<u8>>::new(), "a look touches no card");
    says("reader.card", "reader.card", "ok reader-card-ok");
    let select = |name: &str, end: &[u8]| [&[0, 0xA4, 4, 0, 14], name.as_bytes(), end].concat();
    let log = card.log();
    assert!(!log.is_empty());
    let allowed = [select("1PAY.SYS.DDF01", &[]), select("1PAY.SYS.DDF01", &[0])];
    for command in &log {
        assert!(allowed.contains(command), "{command:02X?} was sent to the card");
    }
    drop(card);
    says("reader.card", "", "absent reader-card-empty");

    let odd = VirtualCard::put_in(Manner::Odd);
    says("reader.card", "reader.card", "warning reader-card-odd");
    assert!(odd.log().iter().all(|command| allowed.contains(command)));
    drop(odd);

    service.stop();
    says("reader.service", "", "fail reader-service-stopped");
    says("reader.card", "", "not_tested reader-untested < reader.service");
    let again = Service::start();
    says("reader.device", "", "ok reader-device-ok");
    again.stop();
}
