//! One file a contender.

pub mod actix;
pub mod genserver;
pub mod hand_written;
pub mod hand_written_timeout;
pub mod kameo;
pub mod mutex;
pub mod ractor;
pub mod rsactor;
pub mod spawned;
pub mod xtra;

/// Gives the types of all contenders to a macro, the one that others are compared with first.
macro_rules! all_contenders {
    ($to:ident) => {
        $to!(
            $crate::contenders::hand_written::HandWritten,
            $crate::contenders::hand_written_timeout::HandWrittenTimeout,
            $crate::contenders::genserver::Inline,
            $crate::contenders::genserver::Asynchronous,
            $crate::contenders::genserver::Queued,
            $crate::contenders::kameo::Kameo,
            $crate::contenders::ractor::Ractor,
            $crate::contenders::actix::Actix,
            $crate::contenders::xtra::Xtra,
            $crate::contenders::spawned::Spawned,
            $crate::contenders::rsactor::Rsactor,
            $crate::contenders::mutex::Locked
        )
    };
}
pub(crate) use all_contenders;
