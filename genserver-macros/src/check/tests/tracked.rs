//! What a tracked machine cannot do.

use super::check;

const TRACKED: &str = "states(Shut: initial, Open, Gone: terminal), tracked";

/// Checks handlers beside those that make the machine whole.
#[track_caller]
fn check_door(handlers: &str, expected: &[&str]) {
    let whole = "#[call(Shut => Open)] fn open(&self) {} #[call(Open => Shut)] fn close(&self) {} \
                 #[call(Open => Gone)] fn break_it(&self) {}";
    check(TRACKED, &format!("impl Door {{ {whole} {handlers} }}"), expected);
}

#[test]
fn what_stays_may_be_of_any_kind() {
    check_door(
        "#[cast(Open)] fn wave(&self) {} #[cast] fn ring(&self) {} #[info(Shut)] fn knock(&self, _: u8) {} \
         #[every(\"5s\", Open)] fn creak(&self) {} #[idle(\"5s\")] fn rest(&self) {} \
         #[call(Open)] fn later(&self, reply: ReplyTo<u8>) {} #[call(blocking)] fn heavy(&self) {} \
         #[call(Shut => Open, blocking)] fn force(&self) {}",
        &[],
    );
}

#[test]
fn it_moves_by_calls_alone() {
    let gone = "its handle would not know\nhelp: leave `tracked` out";
    check_door(
        "#[cast(Open => Shut)] fn slam(&self) {}",
        &[
            "Open => Shut: `slam` is a cast that moves a `tracked` machine: its handle would not know\n\
           help: make it a `#[call]`, or leave `tracked` out",
        ],
    );
    check_door(
        "#[cast(Open => Shut, unbounded)] fn slam(&self) {} #[info(Open => Shut)] fn wind(&self, _: u8) {}",
        &[
            "Open => Shut: `slam` is a cast that moves a `tracked` machine: its handle would not know\n\
             help: make it a `#[call]`, or leave `tracked` out",
            &format!("Open => Shut: `wind` is an info that moves a `tracked` machine: {gone}"),
        ],
    );
    check_door(
        "#[idle(\"5s\", Open => Shut)] fn fall(&self) {} #[every(\"5s\", Open => Shut)] fn swing(&self) {}",
        &[
            &format!(
                "Open => Shut: `fall` is an `idle` method that moves a `tracked` machine: {gone}"
            ),
            &format!(
                "Open => Shut: `swing` is an `every` method that moves a `tracked` machine: {gone}"
            ),
        ],
    );
    check_door(
        "#[call] fn begin(&self, cx: &mut Cx<Self>) {} #[continued(Open => Shut)] fn go_on(&self, _: u8) {}",
        &[&format!(
            "Open => Shut: `go_on` is a `continued` method that moves a `tracked` machine: {gone}"
        )],
    );
    check_door(
        "#[call(Open => Shut)] fn slowly(&self, st: &Open, reply: ReplyTo<u8>) -> Next { st.goto(|_| Shut) }",
        &[
            "Open => Shut: `slowly` moves a `tracked` machine and leaves its reply for later: nobody \
           would know in which order\n\
           help: return the reply, or leave `tracked` out",
        ],
    );
}

#[test]
fn a_call_that_may_stay_says_so() {
    let told = "`slam` may stay, but its guard only leads away: the handle of a `tracked` machine would \
                say so\n\
                help: declare it, `Open => Open | ..`, or `.refuse(..)` it here";
    let slam = |guard: &str, body: &str| {
        format!("#[call({guard})] fn slam(&self, st: &Open) -> Result<Next<u8>, u8> {{ {body} }}")
    };
    let check_slam = |guard, body, expected: &[&str]| check_door(&slam(guard, body), expected);
    let (stay, stay_mut) = (format!("stay: {told}"), format!("stay_mut: {told}"));
    check_slam("Open => Shut", "Ok(st.stay().reply(1))", &[&stay]);
    check_slam("Open => Shut", "Ok(st.stay_mut(|_, _| ()).reply(1))", &[&stay_mut]);
    check_slam("Open => Shut", "let here = st.stay(); Ok(here.refuse(1))", &[&stay]);
    check_slam(
        "Open => Shut",
        "Ok(st.stay_mut(|_, _| { let _ = st.stay(); }).refuse(1))",
        &[&stay],
    );
    check_slam("Open => Shut", "Ok(st.stay_mut(|_, _| ()).refuse(1))", &[]);
    check_slam("Open => Shut", "self.hotel.stay(); Ok(st.goto(|_| Shut).reply(1))", &[]);
    check_slam("Open => Shut | Open", "Ok(st.stay().reply(1))", &[]);
}

#[test]
fn what_tracked_needs_and_takes() {
    check("tracked", "impl Door {}", &["tracked: the option `tracked` needs `states(..)`"]);
    check(
        "states(Shut: initial + terminal), tracked = true",
        "impl Door {}",
        &["=: `tracked` takes no value"],
    );
    check(
        "states(Shut: initial + terminal), tracked(Shut)",
        "impl Door {}",
        &["(: `tracked` takes no value"],
    );
    check(
        "states(Shut: initial + terminal), tracked, name = \"door\"",
        "impl Door {}",
        &["\"door\": a `tracked` machine is its owner's alone, but by its name others find it\n\
           help: name it where it is started without a handle, `start(..).name(..)`"],
    );
}

#[test]
fn its_names_are_taken() {
    check_door(
        "#[call] fn start_tracked(&self) {}",
        &[
            "start_tracked: the name `start_tracked` is taken: `Door::start_tracked` starts the server \
           with a tracked client\n\
           help: `#[call(name = start_tracked)] fn begin(..)`",
        ],
    );
    check(
        "states(A: initial, DoorAfterGo: terminal, DoorTracked: terminal, DoorAfterStart: terminal), tracked",
        "impl Door { #[init] fn new() -> (Self, DoorState) { x } \
         #[call(A => DoorTracked | DoorAfterGo | DoorAfterStart)] fn go(&self, st: &A) -> Next { x } }",
        &[
            "DoorAfterGo: the name `DoorAfterGo` is taken: an enum of handles of `Door` has it\n\
             help: give it another name",
            "DoorTracked: the name `DoorTracked` is taken: the tracked client of `Door` has it\n\
             help: give it another name",
            "DoorAfterStart: the name `DoorAfterStart` is taken: an enum of handles of `Door` has it\n\
             help: give it another name",
        ],
    );
    check(
        "states(A: initial, DoorTracked: terminal), start = start_tracked",
        "impl Door { #[call(A => DoorTracked)] fn go(&self) {} }",
        &[],
    );
    check(
        "states(A: initial + terminal), tracked, start = start_tracked, client = DoorTracked",
        "impl Door {}",
        &[
            "start_tracked: the name `start_tracked` is taken: it starts the server with a tracked client",
            "DoorTracked: the name `DoorTracked` is taken: the tracked client of `Door` has it",
        ],
    );
}
