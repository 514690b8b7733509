//! One run asks the machine once: several checks look at the same links, names and connections, and a payment host
//! must not be dialled three times for it. Lives as long as one run, so every run has fresh probes.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::model::Stamp;
use crate::platform::{
    Claim, Dialled, DnsReply, ExecFault, Fut, Gear, Hop, Host, Knock, LeaseSeen, LookupFault, NetView, Output, Page,
    Ping, ReadFault, RouteFault, Space, Talk, Temperature, TimeFault, TimeSeen, TlsAsk, TraceSeen, Train, TrainSeen,
    Trouble, Units, Vitals,
};

/// Answers by question; whoever asks while an answer is under way waits for it.
struct Answers<K, V>(Mutex<HashMap<K, Arc<OnceCell<V>>>>);

impl<K: Eq + Hash, V: Clone> Answers<K, V> {
    fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    async fn get(&self, key: K, ask: impl Future<Output = V>) -> V {
        let cell = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        cell.get_or_init(|| ask).await.clone()
    }
}

/// A machine that remembers its answers.
pub(super) struct Memo {
    inner: Arc<dyn Host>,
    /// Nobody looks at TLS in this run: plain connections do.
    plain: bool,
    net: Answers<(), Result<NetView, Trouble>>,
    knocks: Answers<(IpAddr, String), Knock>,
    lookups: Answers<String, Result<Vec<IpAddr>, LookupFault>>,
    names: Answers<(SocketAddr, String), DnsReply>,
    dials: Answers<(SocketAddr, Option<TlsAsk>), Dialled>,
    files: Answers<String, Result<Vec<u8>, ReadFault>>,
    radios: Answers<(), Result<crate::platform::Radios, Trouble>>,
    trains: Answers<(IpAddr, Train), TrainSeen>,
    routes: Answers<IpAddr, Result<Hop, RouteFault>>,
}

impl Memo {
    pub(super) fn new(inner: Arc<dyn Host>, plain: bool) -> Self {
        Self {
            inner,
            plain,
            net: Answers::new(),
            knocks: Answers::new(),
            lookups: Answers::new(),
            names: Answers::new(),
            dials: Answers::new(),
            files: Answers::new(),
            radios: Answers::new(),
            trains: Answers::new(),
            routes: Answers::new(),
        }
    }
}

impl Host for Memo {
    fn now(&self) -> Stamp {
        self.inner.now()
    }

    fn built(&self) -> Stamp {
        self.inner.built()
    }

    fn read<'a>(&'a self, path: &'a str, bound: usize) -> Fut<'a, Result<Vec<u8>, ReadFault>> {
        Box::pin(self.files.get(path.to_owned(), self.inner.read(path, bound)))
    }

    fn net(&self) -> Fut<'_, Result<NetView, Trouble>> {
        Box::pin(self.net.get((), self.inner.net()))
    }

    fn ping(&self, to: IpAddr, limit: Duration) -> Fut<'_, Ping> {
        self.inner.ping(to, limit)
    }

    fn knock<'a>(&'a self, to: IpAddr, interface: &'a str, limit: Duration) -> Fut<'a, Knock> {
        Box::pin(self.knocks.get((to, interface.to_owned()), self.inner.knock(to, interface, limit)))
    }

    fn lookup<'a>(&'a self, name: &'a str, limit: Duration) -> Fut<'a, Result<Vec<IpAddr>, LookupFault>> {
        Box::pin(self.lookups.get(name.to_owned(), self.inner.lookup(name, limit)))
    }

    fn ask_dns<'a>(&'a self, server: SocketAddr, name: &'a str, limit: Duration) -> Fut<'a, DnsReply> {
        Box::pin(self.names.get((server, name.to_owned()), self.inner.ask_dns(server, name, limit)))
    }

    fn dial(&self, to: SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled> {
        let tls = tls.filter(|_| !self.plain);
        Box::pin(self.dials.get((to, tls.clone()), self.inner.dial(to, tls)))
    }

    fn train(&self, to: IpAddr, train: Train) -> Fut<'_, TrainSeen> {
        Box::pin(self.trains.get((to, train), self.inner.train(to, train)))
    }

    fn route(&self, to: IpAddr) -> Fut<'_, Result<Hop, RouteFault>> {
        Box::pin(self.routes.get(to, self.inner.route(to)))
    }

    fn trace(&self, to: SocketAddr, limit: Duration) -> Fut<'_, TraceSeen> {
        self.inner.trace(to, limit)
    }

    fn claim<'a>(&'a self, ip: Ipv4Addr, interface: &'a str) -> Fut<'a, Claim> {
        self.inner.claim(ip, interface)
    }

    fn lease<'a>(&'a self, interface: &'a str) -> Fut<'a, Result<LeaseSeen, Trouble>> {
        self.inner.lease(interface)
    }

    fn dial_small(&self, to: SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled> {
        self.inner.dial_small(to, tls)
    }

    fn talk(&self, to: SocketAddr, tls: Option<TlsAsk>, frame: Vec<u8>) -> Fut<'_, Talk> {
        self.inner.talk(to, tls, frame)
    }

    fn page<'a>(&'a self, to: SocketAddr, host: &'a str, path: &'a str) -> Fut<'a, Page> {
        self.inner.page(to, host, path)
    }

    fn radios(&self) -> Fut<'_, Result<crate::platform::Radios, Trouble>> {
        Box::pin(self.radios.get((), self.inner.radios()))
    }

    fn sntp(&self, server: SocketAddr, limit: Duration) -> Fut<'_, Result<TimeSeen, TimeFault>> {
        self.inner.sntp(server, limit)
    }

    fn space<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Space, Trouble>> {
        self.inner.space(path)
    }

    fn vitals(&self) -> Fut<'_, Result<Vitals, Trouble>> {
        self.inner.vitals()
    }

    fn temperatures(&self) -> Fut<'_, Result<Vec<Temperature>, Trouble>> {
        self.inner.temperatures()
    }

    fn units<'a>(&'a self, names: &'a [String]) -> Fut<'a, Result<Units, Trouble>> {
        self.inner.units(names)
    }

    fn exec<'a>(&'a self, argv: &'a [String], limit: Duration, bound: usize) -> Fut<'a, Result<Output, ExecFault>> {
        self.inner.exec(argv, limit, bound)
    }

    fn list<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Vec<String>, ReadFault>> {
        self.inner.list(path)
    }

    fn gear(&self) -> Arc<dyn Gear> {
        self.inner.gear()
    }

    fn exec_as<'a>(
        &'a self,
        argv: &'a [String],
        user: Option<&'a str>,
        limit: Duration,
        bound: usize,
    ) -> Fut<'a, Result<Output, ExecFault>> {
        self.inner.exec_as(argv, user, limit, bound)
    }
}
