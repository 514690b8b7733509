//! How long it takes to open a decline with everything that is known around it, through the agent's socket, out of a
//! whole history; beside the least that can be asked of the same database.

use std::time::Instant;

use pos_console::link::Link;
use pos_console::link::dial::dial;
use pos_console::model::{Sale, SaleId};
use pos_console::proto::{MAX_PAGE, Reply, Request, SaleFilter, SaleQuery};
use rusqlite::{Connection, OpenFlags};

use crate::Extent;
use crate::report::{Report, median, quantile};
use crate::site::Site;

/// Declines that are opened, spread over the whole history.
const OPENED: usize = 300;

pub fn run(extent: &Extent, report: &mut Report) {
    let site = Site::with_history(extent.lines);
    let agent = site.agent();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (ids, mut ours) = runtime.block_on(async {
        let mut link = dial(&site.socket(), "bench").await.expect("the agent answers");
        // The first snapshot says that the agent is done with starting.
        link.updates.recv().await.expect("a snapshot");
        // A wallet's code stands for no card, so there is less to be told about it.
        let mut all = declines(&link).await;
        all.retain(|sale| sale.method.as_deref().is_none_or(|method| method == "card"));
        let ids: Vec<SaleId> = all.iter().step_by(1 + all.len() / OPENED).map(|sale| sale.id).collect();
        println!("{} declines of cards, {} of them opened", all.len(), ids.len());
        let mut took = Vec::with_capacity(ids.len());
        for id in &ids {
            let began = Instant::now();
            let Reply::Sale { sale: Some(sale), evidence } = link.ask(Request::Sale { id: *id }).await else {
                panic!("{id:?} is gone");
            };
            took.push(began.elapsed().as_secs_f64() * 1e3);
            assert!(sale.failed() && evidence.day.is_some());
        }
        (ids, took)
    });
    let mut floor = lookups(&site, &ids);
    drop(agent);
    let name = format!("a decline with its evidence, {} lines", extent.lines);
    report.row(&name, "ms", median(&mut ours), &[("a row by its key", median(&mut floor))], "< 20 ms");
    report.row(&format!("{name}, the slowest one in a hundred"), "ms", quantile(&mut ours, 0.99), &[], "");
}

/// Every decline, newest first.
async fn declines(link: &Link) -> Vec<Sale> {
    let mut query = SaleQuery { filter: SaleFilter::Declined, limit: MAX_PAGE, ..SaleQuery::default() };
    let mut all = Vec::new();
    loop {
        let Reply::Sales { mut rows, cursor } = link.ask(Request::Sales(query.clone())).await else {
            panic!("no page of declines");
        };
        all.append(&mut rows);
        if cursor.is_none() {
            return all;
        }
        query.cursor = cursor;
    }
}

/// Reads each of these rows by its primary key; milliseconds.
fn lookups(site: &Site, ids: &[SaleId]) -> Vec<f64> {
    let conn = Connection::open_with_flags(site.database(), OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database");
    let mut find = conn.prepare("SELECT * FROM sales WHERE id = ?1").expect("a statement");
    let columns = find.column_count();
    let mut one = |id: i64| {
        let began = Instant::now();
        let read = find.query_row([id], |row| {
            for at in 0..columns {
                std::hint::black_box(row.get_ref(at)?);
            }
            Ok(())
        });
        read.expect("the row");
        began.elapsed().as_secs_f64() * 1e3
    };
    ids.iter().map(|id| one(id.0)).collect()
}
