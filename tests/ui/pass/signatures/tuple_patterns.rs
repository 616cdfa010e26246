//! Arguments by patterns: the client's method has names for them.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Point {
    x: i64,
    y: i64,
}

pub struct Plane {
    last: (i64, i64),
}

#[genserver]
impl Plane {
    #[init]
    pub fn new((x, y): (i64, i64), Point { x: dx, y: dy }: Point) -> Self {
        Self { last: (x + dx, y + dy) }
    }

    #[call]
    pub fn shift(&mut self, (dx, dy): (i64, i64)) -> (i64, i64) {
        self.last.0 += dx;
        self.last.1 += dy;
        self.last
    }

    #[call]
    pub async fn sum(
        &self,
        Point { x, y }: Point,
        [a, b]: [i64; 2],
        mut rest: Vec<i64>,
        _: u8,
        (c, (d, ..), _): (i64, (i64, u8, u8), &'static str),
    ) -> i64 {
        rest.extend([x, y, a, b, c, d]);
        rest.into_iter().sum()
    }

    #[call]
    pub fn both(&self, _first: u8, _: u8, whole @ (a, _): (u8, u8), arg0: u8) -> (u8, u8, u8) {
        (a, whole.1, arg0)
    }

    #[cast]
    pub fn reset(&mut self, Point { x, .. }: Point, _: ()) {
        self.last = (x, 0);
    }

    #[info]
    fn told(&mut self, Point { y, x: _ }: Point) {
        self.last.1 = y;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let plane = Plane::start((1, 2), Point { x: 0, y: 1 }).await.unwrap();
    assert_eq!(plane.shift((1, 1)).await.unwrap(), (2, 4));
    let sum = plane.sum(Point { x: 1, y: 2 }, [3, 4], vec![5], 0, (6, (7, 0, 0), "")).await;
    assert_eq!(sum.unwrap(), 28);
    assert_eq!(plane.both(0, 0, (1, 2), 3).await.unwrap(), (1, 2, 3));
    plane.reset(Point { x: 9, y: 9 }, ()).await.unwrap();
    plane.send_info(Point { x: 5, y: 5 }).await.unwrap();
    assert_eq!(plane.shift((0, 0)).await.unwrap(), (9, 5));
}
