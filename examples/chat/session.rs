//! A session: one guest at the other end of a websocket.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::SinkExt;
use futures_util::StreamExt;
use futures_util::stream::SplitSink;
use genserver_runtime::StreamEnd;
use genserver_runtime::prelude::*;

use crate::room::{Line, RoomClient};

type Frame = Result<Message, axum::Error>;

/// Ends with its connection, and its connection with it.
pub struct Session {
    name: String,
    room: RoomClient,
    out: SplitSink<WebSocket, Message>,
}

#[genserver]
impl Session {
    /// What comes in on the socket comes as messages; the room has a weak address of this server.
    #[init]
    pub async fn new(
        cx: &mut Cx<Self>,
        name: String,
        socket: WebSocket,
    ) -> Result<Self, ServerError> {
        let room = RoomClient::named("room");
        // Should it not stop in its time, this is what it is called.
        cx.set_label(name.clone());
        let (out, frames) = socket.split();
        let me: SessionClient = cx.weak();
        room.enter(name.clone(), me.recipient()).await?;
        cx.attach(frames);
        Ok(Self { name, room, out })
    }

    /// The guest says something, or goes.
    #[info]
    async fn on_frame(&mut self, cx: &mut Cx<Self>, frame: Frame) -> Result<(), Crash> {
        match frame {
            Ok(Message::Text(text)) => {
                self.room.say(self.name.clone(), text.to_string()).await?;
            }
            // Pings are answered below us.
            Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Close(_)) | Err(_) => cx.stop(ExitReason::Normal),
        }
        Ok(())
    }

    #[info]
    fn on_hang_up(&mut self, cx: &mut Cx<Self>, _end: StreamEnd<Frame>) {
        cx.stop(ExitReason::Normal);
    }

    /// Something was said in the room.
    #[info]
    async fn on_line(&mut self, cx: &mut Cx<Self>, line: Line) {
        if self.out.send(Message::text(&*line.0)).await.is_err() {
            cx.stop(ExitReason::Normal);
        }
    }

    /// Says goodbye; who is gone does not hear it, which is no mistake.
    #[terminate]
    async fn close(&mut self, reason: &ExitReason) {
        let reason = reason.to_string().into();
        let goodbye = CloseFrame { code: close_code::AWAY, reason };
        drop(self.out.send(Message::Close(Some(goodbye))).await);
    }
}
