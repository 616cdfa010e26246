//! A chat over websockets, with axum: a session server for each connection, a room that tells all of
//! them, and an application around it that stops in order.
//!
//! `cargo run --example chat -- 127.0.0.1:3000`, then any websocket client at
//! `ws://127.0.0.1:3000/chat/your-name`. At ctrl-c the door closes first, then every session says
//! goodbye, and the room goes last.

mod door;
mod room;
mod session;

use std::net::TcpListener;
use std::sync::Arc;

use genserver_runtime::prelude::*;
use genserver_runtime::{Application, DynamicSupervisor};

use crate::door::Door;
use crate::room::Room;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:3000"))?;
    listener.set_nonblocking(true)?;
    println!("listening on {}", listener.local_addr()?);
    let listener = Arc::new(listener);

    // What needs something stands after it: stopped before it, and restarted with it.
    let root = Supervisor::rest_for_one()
        .child("room", || Room::start().name("room"))
        .child("sessions", || DynamicSupervisor::new().name("sessions"))
        .child("door", move || Door::start(Arc::clone(&listener)));
    let stopped = Application::new(root).run().await;
    println!("{stopped}");
    stopped.exit()
}
