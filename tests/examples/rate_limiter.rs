//! The rate limiter counts exactly, whatever is forgotten in between.

use crate::{run, stderr, stdout};

#[test]
fn each_address_gets_its_share_and_no_more() {
    let output = run("rate_limiter", &["3000"]);
    // Two of three requests a round.
    let expected = "3000 addresses, 3 requests each in 2 rounds\n\
                    allowed 12000, refused 6000\n\
                    buckets came and went: true\n\
                    0 buckets are left\n";
    assert_eq!(stdout(&output), expected, "stderr: {}", stderr(&output));
    assert!(output.status.success());
}
