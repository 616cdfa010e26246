//! The options of the `genserver` attribute.

use super::check;

#[track_caller]
fn check_options(attr: &str, expected: &[&str]) {
    check(attr, "impl Counter {}", expected);
}

#[test]
fn an_unknown_option_names_the_similar_one() {
    check_options(
        "mailbx = 5, start = launch",
        &["mailbx: unknown option `mailbx` of the `genserver` attribute\n\
           help: an option with a similar name exists: `mailbox`"],
    );
    check_options(
        "hibernate",
        &["hibernate: unknown option `hibernate` of the `genserver` attribute\n\
           help: the options are `states`, `name`, `mailbox`, `overflow`, `call_timeout`, `shutdown`, `hibernate_after`, `passivate`, `trap_exit`, `restart`, `version`, `otherwise`, `inline`, `crate`, `vis`, `start`, `client`, `state`, `derive` and `tracked`"],
    );
}

#[test]
fn an_option_is_given_once() {
    check_options("mailbox = 1, mailbox = 2", &["mailbox: the option `mailbox` is given twice"]);
}

#[test]
fn an_option_needs_its_value() {
    check_options(
        "mailbox",
        &["mailbox: `mailbox` needs a value\n\
           help: for instance `mailbox = 1024`"],
    );
    check_options(
        "mailbox =, inline",
        &[
            "mailbox: `mailbox` needs a value\nhelp: for instance `mailbox = 1024`",
            "inline: `inline` needs a value\nhelp: for instance `inline = false`",
        ],
    );
    check_options(
        "call_timeout = ",
        &["call_timeout: `call_timeout` needs a value\n\
           help: for instance `call_timeout = \"5s\"`"],
    );
    check_options("mailbox = 1 +", &["mailbox: expected an expression"]);
    check_options("5, name = \"a\"", &["5: expected an option"]);
    check_options("name = \"a\" mailbox = 5", &["mailbox: expected `,`"]);
}

#[test]
fn a_mailbox_is_a_number_or_unbounded() {
    const HELP: &str = "\nhelp: write a number of messages, a path to a constant, or `unbounded`";
    #[track_caller]
    fn wrong(value: &str, text: &str) {
        check_options(&format!("mailbox = {value}"), &[&format!("{value}: {text}{HELP}")]);
    }
    wrong("0", "a mailbox needs room for a message");
    wrong("\"10\"", "the size of a mailbox is a number");
    wrong("1.5", "the size of a mailbox is a number");
    wrong("-1", "the size of a mailbox is a number");
    wrong("5usize", "the size of a mailbox is a `u32`");
    wrong("5000000000", "the size of a mailbox is a `u32`");
}

#[test]
fn overflow_is_one_of_four_words() {
    check_options(
        "overflow = drop_oldst",
        &["drop_oldst: unknown value `drop_oldst` of `overflow`\n\
           help: a value with a similar name exists: `drop_oldest`"],
    );
    check_options(
        "overflow = ignore",
        &["ignore: unknown value `ignore` of `overflow`\n\
           help: the values are `wait`, `reject`, `drop_oldest` and `drop_newest`"],
    );
    check_options(
        "overflow = 5",
        &["5: unknown value `5` of `overflow`\n\
           help: the values are `wait`, `reject`, `drop_oldest` and `drop_newest`"],
    );
}

#[test]
fn restart_is_one_of_three_words() {
    check_options(
        "restart = transcient",
        &["transcient: unknown value `transcient` of `restart`\n\
           help: a value with a similar name exists: `transient`"],
    );
    check_options(
        "restart = always",
        &["always: unknown value `always` of `restart`\n\
           help: the values are `permanent`, `transient` and `temporary`"],
    );
}

#[test]
fn durations_are_checked() {
    const HELP: &str = "\nhelp: write a whole number and a unit: `\"250ms\"`, `\"5s\"`, `\"1m\"`, `\"2h\"`, `\"1d\"`";
    check_options("call_timeout = \"\"", &[&format!("\"\": empty duration{HELP}")]);
    check_options(
        "shutdown = \"5 sec\"",
        &[&format!("\"5 sec\": malformed duration `5 sec`{HELP}")],
    );
    check_options("call_timeout = 5", &[&format!("5: a duration is a string with a unit{HELP}")]);
    check_options("call_timeout = -5", &[&format!("-: a duration is a string with a unit{HELP}")]);
    check_options(
        "shutdown = (1)",
        &[&format!("(: expected a duration or a path to a constant{HELP}")],
    );
    check_options(
        "shutdown = \"99999999999d\"",
        &["\"99999999999d\": the duration `99999999999d` is too long"],
    );
}

#[test]
fn other_values_are_checked() {
    check_options(
        "name = counter",
        &["counter: a server's name is a string\n\
           help: for instance `name = \"counter\"`"],
    );
    check_options("name = \"\"", &["\"\": empty name"]);
    check_options("inline = 0", &["0: `inline` is `true` or `false`"]);
    check_options(
        "crate = \"gs\"",
        &["\"gs\": `crate` is a path\n\
           help: leave out the quotation marks"],
    );
    check_options(
        "vis = private",
        &["private: expected a visibility\n\
           help: for instance `vis = pub(crate)`"],
    );
    check_options(
        "start = \"launch\"",
        &["\"launch\": `start` takes a name\n\
           help: for instance `start = launch`"],
    );
    check_options(
        "client = 5",
        &["5: `client` takes a name\nhelp: for instance `client = Client`"],
    );
    check_options(
        "derive = Clone",
        &["derive: `derive` takes traits in parentheses\n\
           help: for instance `derive(Clone, Debug)`"],
    );
}

#[test]
fn options_of_states_need_states() {
    check_options(
        "derive(Clone), state = Phase",
        &[
            "derive: the option `derive` needs `states(..)`",
            "state: the option `state` needs `states(..)`",
        ],
    );
}
