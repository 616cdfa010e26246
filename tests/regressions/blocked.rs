//! Waiting without a task, where that is a mistake.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;
use std::thread;

use genserver_runtime::prelude::*;

use crate::servers::{Cell, CellClient};
use crate::support::Drops;

/// Where this thread panics within `action`: the file.
fn place_of_panic(action: impl FnOnce()) -> Option<String> {
    static PLACE: Mutex<Option<String>> = Mutex::new(None);
    let (own, others) = (thread::current().id(), take_hook());
    set_hook(Box::new(move |info| {
        if thread::current().id() == own {
            *PLACE.lock().expect("not poisoned") = info.location().map(|at| at.file().to_owned());
        } else {
            others(info);
        }
    }));
    catch_unwind(AssertUnwindSafe(action)).expect_err("it panics");
    PLACE.lock().expect("not poisoned").take()
}

/// A mistake of the user's is told of the user's line.
#[tokio::test]
async fn blocking_in_async_code_panics_where_it_is_called() {
    let cell = Cell::start(Drops::default()).await.expect("it starts");
    let blocking: [fn(&CellClient); 3] = [
        |cell| drop(cell.add(1).blocking()),
        |cell| drop(cell.stop().blocking()),
        |_| drop(Cell::start(Drops::default()).blocking()),
    ];
    for block in blocking {
        assert_eq!(place_of_panic(|| block(&cell)).as_deref(), Some(file!()));
    }
}
