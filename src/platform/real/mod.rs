//! This machine. One file per subject; every call has an end in time and in memory.

mod aside;
mod bus;
mod claim;
mod device;
mod dns;
mod exec;
mod fetch;
mod files;
mod gear;
pub(super) mod hands;
mod input;
mod kept;
mod netlink;
mod nm;
mod nm_lease;
mod nm_setup;
mod page;
mod pcsc;
mod ping;
mod process;
mod radio;
mod rauc;
mod route;
mod sensors;
pub(super) mod settime;
mod sntp;
mod talk;
mod tcp;
mod tcp_info;
mod tell;
mod tls;
mod trace;
mod units;
pub(super) mod update;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::{
    Claim, Dialled, DnsReply, ExecFault, Fut, Hop, Host, Knock, LookupFault, NetView, Output, Page, Ping, ReadFault,
    RouteFault, Space, Talk, Temperature, TimeFault, TimeSeen, TlsAsk, TraceSeen, Train, TrainSeen, Trouble, Units,
    Vitals,
};
use crate::model::Stamp;

/// The machine this program runs on.
#[derive(Debug)]
pub struct Real;

impl Host for Real {
    fn now(&self) -> Stamp {
        super::now()
    }

    fn local(&self, text: &str) -> Option<Stamp> {
        super::zone::local(text, &super::local_zone())
    }

    fn built(&self) -> Stamp {
        super::built()
    }

    fn read<'a>(&'a self, path: &'a str, bound: usize) -> Fut<'a, Result<Vec<u8>, ReadFault>> {
        Box::pin(files::read(path.to_owned(), bound))
    }

    fn net(&self) -> Fut<'_, Result<NetView, Trouble>> {
        Box::pin(netlink::view())
    }

    fn ping(&self, to: IpAddr, limit: Duration) -> Fut<'_, Ping> {
        Box::pin(ping::ping(to, 0, limit))
    }

    fn knock<'a>(&'a self, to: IpAddr, interface: &'a str, limit: Duration) -> Fut<'a, Knock> {
        Box::pin(ping::knock(to, interface, limit))
    }

    fn lookup<'a>(&'a self, name: &'a str, limit: Duration) -> Fut<'a, Result<Vec<IpAddr>, LookupFault>> {
        Box::pin(dns::lookup(name.to_owned(), limit))
    }

    fn ask_dns<'a>(&'a self, server: SocketAddr, name: &'a str, limit: Duration) -> Fut<'a, DnsReply> {
        Box::pin(dns::ask(server, name, limit))
    }

    fn dial(&self, to: SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled> {
        Box::pin(tcp::dial(to, tls))
    }

    fn train(&self, to: IpAddr, train: Train) -> Fut<'_, TrainSeen> {
        Box::pin(ping::train(to, train))
    }

    fn route(&self, to: IpAddr) -> Fut<'_, Result<Hop, RouteFault>> {
        Box::pin(route::to(to))
    }

    fn trace(&self, to: SocketAddr, limit: Duration) -> Fut<'_, TraceSeen> {
        Box::pin(trace::trace(to, limit))
    }

    fn claim<'a>(&'a self, ip: Ipv4Addr, interface: &'a str) -> Fut<'a, Claim> {
        Box::pin(claim::ask(ip, interface.to_owned()))
    }

    fn lease<'a>(&'a self, interface: &'a str) -> Fut<'a, Result<super::LeaseSeen, Trouble>> {
        Box::pin(nm_lease::look(interface))
    }

    fn dial_small(&self, to: SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled> {
        Box::pin(tcp::dial_small(to, tls))
    }

    fn talk(&self, to: SocketAddr, tls: Option<TlsAsk>, frame: Vec<u8>) -> Fut<'_, Talk> {
        Box::pin(talk::talk(to, tls, frame))
    }

    fn page<'a>(&'a self, to: SocketAddr, host: &'a str, path: &'a str) -> Fut<'a, Page> {
        Box::pin(page::ask(to, host, path))
    }

    fn http_date<'a>(&'a self, to: SocketAddr, host: &'a str, limit: Duration) -> Fut<'a, Result<TimeSeen, TimeFault>> {
        Box::pin(settime::http_date(to, host, limit))
    }

    fn nitz(&self) -> Fut<'_, Result<TimeSeen, TimeFault>> {
        Box::pin(settime::nitz())
    }

    fn radios(&self) -> Fut<'_, Result<super::Radios, Trouble>> {
        Box::pin(radio::here())
    }

    fn sntp(&self, server: SocketAddr, limit: Duration) -> Fut<'_, Result<TimeSeen, TimeFault>> {
        Box::pin(sntp::ask(server, limit))
    }

    fn space<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Space, Trouble>> {
        Box::pin(files::space(path.to_owned()))
    }

    fn vitals(&self) -> Fut<'_, Result<Vitals, Trouble>> {
        Box::pin(sensors::vitals())
    }

    fn temperatures(&self) -> Fut<'_, Result<Vec<Temperature>, Trouble>> {
        Box::pin(sensors::temperatures())
    }

    fn units<'a>(&'a self, names: &'a [String]) -> Fut<'a, Result<Units, Trouble>> {
        Box::pin(units::look(None, names))
    }

    fn exec<'a>(&'a self, argv: &'a [String], limit: Duration, bound: usize) -> Fut<'a, Result<Output, ExecFault>> {
        Box::pin(exec::run_as(argv, None, limit, bound))
    }

    fn exec_as<'a>(
        &'a self,
        argv: &'a [String],
        user: Option<&'a str>,
        limit: Duration,
        bound: usize,
    ) -> Fut<'a, Result<Output, ExecFault>> {
        Box::pin(exec::run_as(argv, user, limit, bound))
    }

    fn list<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Vec<String>, ReadFault>> {
        Box::pin(files::list(path.to_owned()))
    }

    fn file<'a>(&'a self, path: &'a str) -> Fut<'a, Result<super::FileSeen, ReadFault>> {
        Box::pin(files::file(path.to_owned()))
    }

    fn fetch<'a>(
        &'a self,
        url: &'a str,
        ca_file: Option<&'a std::path::Path>,
        bound: usize,
        limit: Duration,
    ) -> Fut<'a, Result<Vec<u8>, Trouble>> {
        Box::pin(fetch::small(url, ca_file, bound, limit))
    }

    fn signed<'a>(&'a self, path: &'a str, key: &'a str) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(update::signed(path, key))
    }

    fn gear(&self) -> std::sync::Arc<dyn super::Gear> {
        std::sync::Arc::new(gear::RealGear)
    }

    fn hands(&self) -> std::sync::Arc<dyn super::Hands> {
        std::sync::Arc::new(hands::RealHands)
    }
}
