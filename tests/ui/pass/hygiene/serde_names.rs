//! Names through serde: without a prelude, under another name of the runtime, with a handler that
//! is not there and without any.
#![no_implicit_prelude]
#![deny(warnings)]

mod deep {
    pub use ::genserver_runtime as gs;
    pub use ::serde as user_serde;
}

pub mod machine {
    /// Not serde's.
    pub trait Serialize {}
    pub trait Deserialize {}

    pub struct Open;
    pub struct Shut;
    pub struct Door;

    #[crate::deep::gs::genserver(states(Open: initial, Shut), crate = crate::deep::gs)]
    impl Door {
        #[call(Open => Shut)]
        pub fn shut(&self) {}

        #[call(Shut => Open)]
        pub fn open(&self) {}

        #[cfg(any())]
        #[call(Open => Shut)]
        pub fn slam(&self) {}
    }

    pub struct Quiet;
    pub struct Stone;

    #[crate::deep::gs::genserver(states(Quiet: initial + terminal), crate = crate::deep::gs)]
    impl Stone {}
}

fn travels<T>()
where
    T: deep::user_serde::Serialize + for<'de> deep::user_serde::Deserialize<'de>,
{
}

fn main() {
    travels::<machine::DoorStateName>();
    travels::<machine::DoorMessage>();
    travels::<machine::StoneMessage>();
}
