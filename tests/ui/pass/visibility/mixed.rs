//! A client method is as visible as its handler, `start` as `#[init]`, the client as the widest.
#![deny(warnings, unreachable_pub)]

mod servers {
    use genserver_runtime::prelude::*;

    /// Public, with private handlers.
    pub(crate) struct Closed(pub(super) u8);

    #[genserver]
    impl Closed {
        #[call]
        fn get(&self) -> u8 {
            self.0
        }

        #[cast]
        fn set(&mut self, to: u8) {
            self.0 = to;
        }
    }

    /// Private, with public handlers.
    #[expect(unreachable_pub)]
    mod private {
        use genserver_runtime::prelude::*;

        struct Open(u8);

        #[genserver]
        impl Open {
            #[init]
            pub fn new() -> Self {
                Self(0)
            }

            #[call]
            pub fn get(&self) -> u8 {
                self.0
            }
        }

        pub(super) async fn get() -> u8 {
            let open: OpenClient = Open::start().await.unwrap();
            open.get().await.unwrap()
        }
    }

    pub(crate) mod inner {
        use genserver_runtime::prelude::*;

        pub(crate) struct Mixed(u8);

        #[genserver]
        impl Mixed {
            #[init]
            pub(in crate::servers) fn new() -> Self {
                Self(7)
            }

            #[call]
            pub(super) fn for_parent(&self) -> u8 {
                self.0
            }

            #[call]
            pub(crate) fn for_crate(&self) -> u8 {
                self.own()
            }

            #[call]
            fn own(&self) -> u8 {
                self.0
            }
        }

        pub(crate) struct Wide(pub(crate) u8);

        #[genserver(vis = pub(crate))]
        impl Wide {
            #[call]
            fn get(&self) -> u8 {
                self.0
            }
        }

        pub(super) async fn own(mixed: &MixedClient, wide: &WideClient) -> u8 {
            mixed.own().await.unwrap() + wide.get().await.unwrap()
        }
    }

    pub(crate) async fn run() -> inner::MixedClient {
        let closed: ClosedClient = Closed::start(Closed(1)).await.unwrap();
        closed.set(2).await.unwrap();
        assert_eq!(closed.get().await.unwrap(), 2);
        assert_eq!(private::get().await, 0);
        let mixed = inner::Mixed::start().await.unwrap();
        assert_eq!(mixed.for_parent().await.unwrap(), 7);
        let wide: inner::WideClient = inner::Wide::start(inner::Wide(1)).await.unwrap();
        assert_eq!(inner::own(&mixed, &wide).await, 8);
        mixed
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mixed = servers::run().await;
    assert_eq!(mixed.for_crate().await.unwrap(), 7);
}
