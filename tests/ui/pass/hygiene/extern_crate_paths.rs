//! Types by paths of every kind, in a module that imports none of them.
#![deny(warnings)]

pub mod shapes {
    #[derive(Clone, Debug, PartialEq)]
    pub struct Point(pub u8);
}

pub mod inner {
    pub mod shapes {
        #[derive(Clone, Debug, PartialEq)]
        pub struct Line(pub u8);
    }

    #[derive(Default)]
    pub struct Board {
        last: Option<self::shapes::Line>,
    }

    #[genserver_runtime::genserver]
    impl Board {
        #[call]
        pub async fn elapsed(&self, since: tokio::time::Instant) -> std::time::Duration {
            since.elapsed()
        }

        #[call]
        pub fn points(
            &self,
            first: super::shapes::Point,
            second: crate::shapes::Point,
            both: ::std::vec::Vec<self::super::shapes::Point>,
        ) -> Vec<crate::shapes::Point> {
            let mut all = both;
            all.extend([first, second]);
            all
        }

        #[call]
        pub fn draw(&mut self, line: self::shapes::Line) -> Option<shapes::Line> {
            self.last.replace(line)
        }

        #[info]
        fn at(&mut self, _: tokio::time::Instant) {
            self.last = None;
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    use genserver_runtime::prelude::*;
    use shapes::Point;

    let board = inner::Board::start(inner::Board::default()).await.unwrap();
    let now = tokio::time::Instant::now();
    board.elapsed(now).await.unwrap();
    let points = board.points(Point(1), Point(2), vec![Point(0)]).await.unwrap();
    assert_eq!(points, [Point(0), Point(1), Point(2)]);
    assert_eq!(board.draw(inner::shapes::Line(1)).await.unwrap(), None);
    assert_eq!(board.draw(inner::shapes::Line(2)).await.unwrap(), Some(inner::shapes::Line(1)));
    board.send_info(now).await.unwrap();
    assert_eq!(board.draw(inner::shapes::Line(3)).await.unwrap(), None);
}
