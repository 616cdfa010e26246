//! The misuse of the example `connection`: its calls in the wrong order do not compile.

/// The example itself, without what runs it.
#[path = "../../../../examples/connection.rs"]
#[allow(dead_code)]
mod connection;

use connection::{Authenticated, Connecting, Connection, ConnectionTracked, InTransaction};

pub async fn before_logging_in(connecting: ConnectionTracked<Connecting>) {
    let _ = connecting.begin().await;
}

pub async fn outside_of_a_transaction(connection: &ConnectionTracked<Authenticated>) {
    let _ = connection.put("alice", 1).await;
}

pub async fn in_a_transaction(transaction: ConnectionTracked<InTransaction>) {
    let _ = transaction.close().await;
}

pub async fn twice(transaction: ConnectionTracked<InTransaction>) {
    let _ = transaction.commit().await;
    let _ = transaction.roll_back().await;
}

pub async fn closed() -> Result<(), Box<dyn std::error::Error>> {
    let closed = Connection::start_tracked("xyzzy").await?;
    closed.get("alice").await?;
    Ok(())
}

fn main() {}
