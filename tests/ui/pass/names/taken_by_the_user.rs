//! Handlers with the names of everything that the framework has: on a client the user's win.
#![deny(warnings)]
#![allow(clippy::should_implement_trait)]

use genserver_runtime::{Client, prelude::*};

macro_rules! names {
    ($($name:ident)*) => {
        pub struct Names;

        #[genserver]
        impl Names {
            $(
                #[call]
                pub fn $name(&self) -> &'static str {
                    stringify!($name)
                }
            )*
        }

        async fn calls(names: &NamesClient) {
            $(assert_eq!(names.$name().await.unwrap(), stringify!($name));)*
        }
    };
}

names! {
    stop stop_with stop_now kill clone id can named name state weak strong detach on whereis is_running
    sync send_info recipient counters address new init call cast info terminate genserver
    message handler handlers reply replies accepts run defer block begin dispatch allowed state_name
    client fmt drop into from send try_send blocking post timeout await_ then_ map options server body
    args arg0 value cx answer notify commit enter parts goto stay main poll poll_next next never outcome
    from_str as_ref borrow to_string to_owned type_id default eq hash cmp
}

pub struct Open;
pub struct Closed;

macro_rules! machine {
    ($($name:ident)*) => {
        pub struct Door;

        #[genserver(states(Open: initial, Closed: terminal))]
        impl Door {
            #[call(Open => Closed)]
            pub fn goto(&self, st: &Open) -> Next {
                st.goto(|_| Closed)
            }

            $(
                #[call(Closed)]
                pub fn $name(&self, st: &Closed) -> &'static str {
                    let _ = st;
                    stringify!($name)
                }
            )*
        }

        async fn machine_calls(door: &DoorClient) {
            $(assert_eq!(door.$name().await.unwrap(), stringify!($name));)*
        }
    };
}

machine! {
    state can allowed state_name into_state from_state peek peek_mut goto_mut stay stay_mut commit
    enter parts __allowed __address variant self_ graph
}

/// Arguments with the names that generated code uses.
pub struct Arguments;

#[genserver]
impl Arguments {
    #[init]
    pub fn new(cx: u8, body: u8, value: u8, state: u8) -> Self {
        assert_eq!(cx + body + value + state, 4);
        Self
    }

    #[call]
    pub fn sum(
        &self,
        body: u8,
        args: u8,
        reply: u8,
        arg0: u8,
        cx: u8,
        next: u8,
        message: u8,
    ) -> u8 {
        body + args + reply + arg0 + cx + next + message
    }

    #[call]
    pub async fn sum_async(&self, address: u8, server: u8, outcome: u8, never: u8, __g: u8) -> u8 {
        address + server + outcome + never + __g
    }

    #[cast]
    pub fn none(&mut self, body: u8, message: u8, address: u8, args: u8) {
        let _ = (body, message, address, args);
    }

    #[info]
    fn told(&mut self, message: u8) {
        let _ = message;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let names = Names::start(Names).await.unwrap();
    calls(&names).await;
    let second = Clone::clone(&names);
    assert_eq!(Client::id(&names), Client::id(&second));
    Client::stop(&names).await.unwrap();
    assert!(!Client::is_running(&second));

    let door = Door::start(Door, Open).await.unwrap();
    door.goto().await.unwrap();
    machine_calls(&door).await;
    let state = genserver_runtime::MachineClient::state(&door).await.unwrap();
    assert_eq!(state.to_string(), "Closed");

    let arguments = Arguments::start(1, 1, 1, 1).await.unwrap();
    assert_eq!(arguments.sum(1, 1, 1, 1, 1, 1, 1).await.unwrap(), 7);
    assert_eq!(arguments.sum_async(1, 1, 1, 1, 1).await.unwrap(), 5);
    arguments.none(1, 1, 1, 1).await.unwrap();
}
