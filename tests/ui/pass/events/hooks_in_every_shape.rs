//! Hooks and time-outs of states of other modules, sync and async, called as plain methods as well.
#![deny(warnings)]

use std::time::SystemTime;

use genserver_runtime::prelude::*;

pub mod states {
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Calm;
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Soft(pub u8);
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Loud<T>(pub T);
}

use states::Calm;

pub struct Bell<T> {
    lines: Vec<String>,
    of: T,
}

/// Free, and not of the server.
fn bed_time<T>(bell: &Bell<T>, state: &states::Soft) -> Option<SystemTime> {
    let _ = &bell.of;
    (state.0 > 9).then(SystemTime::now)
}

#[genserver(
    states(Calm: initial, Ringing { states::Soft, crate::states::Loud<T> }),
    otherwise = ignore,
    derive(Debug)
)]
impl<T: Copy + std::fmt::Debug + Send + Sync + 'static> Bell<T> {
    #[call(Calm => Soft)]
    pub fn ring(&mut self, st: &Calm, cx: &mut Cx<Self>) -> Next<usize> {
        // A hook is a plain method.
        self.silence();
        let (mut state, count) = (states::Soft(0), self.lines.len());
        let done = self.sound(&mut state, &mut StateCx::new(cx));
        assert_eq!((done, state), (Enter::Repeat, states::Soft(1)));
        st.goto(|_| states::Soft(0)).reply(count)
    }

    #[call(Soft => Loud)]
    pub async fn louder(&self, st: &states::Soft) -> Result<Next, std::fmt::Error> {
        let of = self.of;
        Ok(st.goto(move |_| states::Loud(of)))
    }

    #[call(Ringing => Calm, otherwise = postpone(Calm))]
    pub fn rest(&self) {}

    #[cast(Calm | Loud)]
    pub fn nod(&mut self) {
        self.lines.push("nod".to_owned());
    }

    #[call]
    pub fn lines(&self) -> Vec<String> {
        self.lines.clone()
    }

    /// Twice.
    #[enter(Soft)]
    fn sound(&mut self, st: &mut states::Soft, cx: &mut StateCx<'_, Self>) -> Enter {
        st.0 += 1;
        self.lines.push(format!("sound {} {:?}", st.0, cx.name()));
        if st.0 < 2 { Enter::Repeat } else { Enter::Done }
    }

    #[enter(Loud)]
    pub async fn shout(&self, t: &Transition, st: &states::Loud<T>) -> genserver_runtime::Enter {
        assert_eq!((t.message, t.to), (Some("louder"), "Loud"));
        let _ = st.0;
        Enter::Done
    }

    #[enter(Calm | Ringing)]
    async fn any(&self, st: &BellState<T>) {
        let _ = format!("{st:?}");
    }

    #[exit(Calm | Soft)]
    pub(crate) fn silence(&mut self) -> () {
        self.lines.push("silence".to_owned());
    }

    #[exit(Loud)]
    async fn fade(self: &mut Self, _: &Transition, _cx: &mut StateCx<Self>) {
        tokio::task::yield_now().await;
        self.lines.push("fade".to_owned());
    }

    #[transition]
    async fn save(
        &self,
        _: &mut StateCx<Self>,
        now: &BellState<T>,
        t: &Transition,
    ) -> std::io::Result<()> {
        let _ = (now, t);
        Ok(())
    }

    #[state_timeout(Calm | Ringing, after = "1h")]
    fn remind(&mut self, cx: &mut Cx<Self>) {
        let _ = cx.name();
    }

    #[state_timeout(Soft => Calm | Loud, until = bed_time)]
    async fn sleep(&self, st: &states::Soft) -> Result<Next, Crash> {
        self.save_by_hand().await?;
        Ok(st.goto(|_| Calm))
    }

    #[state_timeout(Loud, until = Self::instant => Calm)]
    fn stop(&mut self) -> Result<(), Crash> {
        Ok(())
    }

    fn instant(&self, _: &states::Loud<T>) -> tokio::time::Instant {
        tokio::time::Instant::now() + std::time::Duration::from_secs(60)
    }

    async fn save_by_hand(&self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let bell = Bell::start(Bell { lines: Vec::new(), of: 'x' }, Calm).await.unwrap();
    let rested = bell.rest().send().await.unwrap();
    assert_eq!(bell.ring().await.unwrap(), 1);
    rested.await.unwrap();
    bell.ring().await.unwrap();
    bell.nod().await.unwrap();
    bell.louder().await.unwrap();
    bell.nod().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    assert_eq!(bell.state().await.unwrap(), BellStateName::Calm);
    let lines = bell.lines().await.unwrap();
    // By hand, and what follows: `Calm` is left for `Soft`, and `Soft` for `Calm`.
    let by_hand = ["silence", "sound 1 None"];
    let ring = [&by_hand[..], &["silence", "sound 1 None", "sound 2 None", "silence"]].concat();
    assert_eq!(lines, [&ring[..], &ring[..], &["nod", "fade"]].concat());
}
