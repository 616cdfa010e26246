//! Parameters of servers: what is certain is told, what may hold is left to rustc.

use super::check;

#[track_caller]
fn check_params(head: &str, expected: &[&str]) {
    check("", &format!("{head} {{ #[call] fn len(&self) -> usize {{ 0 }} }}"), expected);
}

const THREADS: &str = "a server and its messages travel between threads";

#[test]
fn a_parameter_without_bounds() {
    let text = format!("T: `T` must be `Send + 'static`: {THREADS}\n");
    check_params("impl<T> Cell<T>", &[&format!("{text}help: write `impl<T: Send + 'static> ..`")]);
    check_params(
        "impl<T: Clone + ?Sized> Cell<T>",
        &[&format!("{text}help: write `impl<T: Clone + ?Sized + Send + 'static> ..`")],
    );
    check_params(
        "impl<const N: usize, T, U: Send + 'static> Cell<T, U, N> where T: Clone",
        &[&format!("{text}help: write `impl<T: Send + 'static> ..`")],
    );
}

#[test]
fn a_parameter_that_may_borrow() {
    let text = "T: `T` must be `'static`: a server lives as long as its clients\n";
    check_params(
        "impl<T: Send> Cell<T>",
        &[&format!("{text}help: write `impl<T: Send + 'static> ..`")],
    );
}

#[test]
fn a_message_that_is_a_parameter() {
    let text =
        format!("T: `T` must be `Send`: {THREADS}\nhelp: write `impl<T: 'static + Send> ..`");
    for handler in ["#[cast] fn set(&mut self, value: T) {}", "#[call] fn get(&self) -> T { x }"] {
        check("", &format!("impl<T: 'static> Cell<T> {{ {handler} }}"), &[&text]);
    }
    // `struct Cell<T>(PhantomData<fn() -> T>)` compiles.
    check_params("impl<T: 'static> Cell<T>", &[]);
}

#[test]
fn bounds_that_may_say_more() {
    check_params("impl<T: Send + 'static> Cell<T>", &[]);
    check_params("impl<T> Cell<T> where T: Send, T: 'static", &[]);
    check_params("impl<T: Job> Cell<T>", &[]);
    check_params("impl<T: own::Send> Cell<T>", &[]);
    check_params("impl<T> Cell<T> where Vec<T>: Job", &[]);
    check_params("impl<T, J: Job<Output = T>> Cell<T, J>", &[]);
    check_params("impl<const N: usize> Cell<N>", &[]);
}
