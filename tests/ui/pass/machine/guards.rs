//! Guards of every shape, with calls, casts and infos, with and without the state.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Idle;
pub struct Walking {
    steps: u32,
}
pub struct Running {
    steps: u32,
}
pub struct Resting;
pub struct Asleep;
pub struct Gone;

pub struct Cat {
    fed: u32,
}

impl Moving {
    fn steps(&self) -> u32 {
        match self {
            Self::Walking(Walking { steps }) => *steps,
            Self::Fast(Fast::Running(Running { steps })) => *steps,
        }
    }
}

pub struct Call;
pub struct Noise;

#[genserver(states(
    Idle: initial,
    Awake { Moving { Walking, Fast { Running } }, Resting },
    Asleep,
    Gone: terminal,
))]
impl Cat {
    // One source, several targets, one of them a group.
    #[call(Idle => Moving | Resting)]
    pub fn wake(&self, st: &Idle, run: bool) -> Next<&'static str> {
        if run {
            st.goto(|_| Running { steps: 0 }).reply("runs")
        } else {
            st.goto(|_| Resting).reply("rests")
        }
    }

    // Several sources without a state parameter; it refuses.
    #[call(Resting | Asleep => Idle)]
    pub fn chase(&self) -> Result<&'static str, String> {
        Err("too tired".into())
    }

    // A group as the target, entered by its own enum.
    #[call(Idle => Fast)]
    pub fn dash(&self, st: &Idle) -> Next {
        st.goto(|_| Fast::Running(Running { steps: 9 }))
    }

    // The state itself as the target: nothing that happens here can fail, so data may change in place.
    #[call(Walking => Walking)]
    pub fn step(&mut self, st: &mut Walking) -> Next<u32> {
        self.fed = self.fed.saturating_sub(1);
        st.steps += 1;
        let steps = st.steps;
        st.stay().reply(steps)
    }

    // Several sources without a state parameter.
    #[call(Walking | Running | Resting => Asleep)]
    pub fn sleep(&mut self) {
        self.fed = 0;
    }

    // Several sources that stay.
    #[call(Idle | Asleep)]
    pub fn is_quiet(&self) -> bool {
        true
    }

    // A nested group that stays.
    #[call(Moving)]
    pub fn steps(&self, st: &Moving) -> u32 {
        st.steps()
    }

    #[call(Awake)]
    pub async fn count(&self, cx: &mut Cx<Self>, st: &Awake, add: u32) -> u32 {
        let _ = cx.id();
        match st {
            Awake::Moving(moving) => moving.steps() + add,
            Awake::Resting(Resting) => add,
        }
    }

    // Casts: with a transition, with a state, in several states.
    #[cast(Walking | Running => Resting)]
    pub fn rest(&self) {}

    #[cast(Resting => Walking)]
    pub fn get_up(&mut self, st: &Resting, steps: u32) -> Next {
        self.fed += 1;
        st.goto(move |Resting| Walking { steps })
    }

    #[cast(Walking)]
    pub fn tire(&mut self, st: &mut Walking) {
        st.steps = 0;
    }

    #[cast(Asleep => Gone)]
    pub async fn leave(&self, st: &Asleep) -> Result<Next, Crash> {
        Ok(st.goto(|_| Gone))
    }

    // Infos.
    #[info(Asleep => Idle)]
    fn noise(&self, _: Noise) {}

    #[info(Awake => Walking)]
    fn call(&self, st: &Awake, _: Call) -> Next {
        let steps = if let Awake::Moving(moving) = st { moving.steps() } else { 0 };
        st.goto(move |_| Walking { steps })
    }

    #[info]
    fn feed(&mut self, st: &CatState, portions: u32) {
        if let CatState::Asleep(_) = st {
            self.fed = 0;
        }
        self.fed += portions;
    }

    #[call]
    pub fn fed(&self) -> u32 {
        self.fed
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let cat = Cat::start(Cat { fed: 3 }, Idle).await.unwrap();
    assert!(cat.is_quiet().await.unwrap());
    assert!(cat.steps().await.unwrap_err().invalid_state::<Cat>().is_some());
    assert_eq!(cat.wake(true).await.unwrap(), "runs");
    assert_eq!(cat.count(1).await.unwrap(), 1);
    cat.send_info(Call).await.unwrap();
    assert_eq!(cat.state().await.unwrap(), CatStateName::Walking);
    assert_eq!(cat.step().await.unwrap(), 1);
    cat.tire().await.unwrap();
    assert_eq!(cat.steps().await.unwrap(), 0);
    cat.rest().await.unwrap();
    assert_eq!(cat.count(1).await.unwrap(), 1);
    assert_eq!(cat.chase().await.split().unwrap(), Err("too tired".to_owned()));
    cat.get_up(9).await.unwrap();
    assert_eq!(cat.steps().await.unwrap(), 9);
    cat.send_info(5_u32).await.unwrap();
    assert_eq!(cat.fed().await.unwrap(), 8);
    cat.sleep().await.unwrap();
    cat.send_info(Call).await.unwrap();
    assert_eq!(cat.state().await.unwrap(), CatStateName::Asleep);
    cat.send_info(Noise).await.unwrap();
    assert_eq!(cat.wake(false).await.unwrap(), "rests");
    cat.sleep().await.unwrap();
    cat.leave().await.unwrap();
    assert_eq!(cat.state().await.unwrap(), CatStateName::Gone);
    assert!(CatStateName::Gone.allowed().is_empty());
}
