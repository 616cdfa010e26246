//! Servers and machines inside of functions, blocks and other impls' methods.
#![deny(warnings)]

use genserver_runtime::prelude::*;

async fn counts() -> i64 {
    struct Step(i64);
    struct Counter(i64);

    #[genserver]
    impl Counter {
        #[init]
        fn new(value: i64) -> Self {
            Self(value)
        }

        #[call]
        fn add(&mut self, step: Step) -> i64 {
            self.0 += step.0;
            self.0
        }
    }

    let counter: CounterClient = Counter::start(40).await.unwrap();
    counter.add(Step(2)).await.unwrap()
}

async fn moves() -> bool {
    {
        struct Open;
        struct Closed;
        struct Gone;
        struct Door;

        #[genserver(states(Open: initial, Shut { Closed, Gone: terminal }))]
        impl Door {
            #[call(Open => Shut)]
            fn close(&self, st: &Open) -> Next {
                st.goto(|_| Closed)
            }

            #[cast(Closed => Gone)]
            fn remove(&self) {}
        }

        let door = Door::start(Door, Open).await.unwrap();
        door.close().await.unwrap();
        door.remove().await.unwrap();
        door.state().await.unwrap() == DoorStateName::Gone
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(counts().await, 42);
    assert!(moves().await);
}
