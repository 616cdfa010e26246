//! A call of a tracked machine that replies that all went well, and has not moved.

use genserver_runtime::prelude::*;

pub struct Shut {
    tries: u32,
}
pub struct Open;
pub struct Safe(u16);

#[genserver(states(Shut: initial, Open), tracked)]
impl Safe {
    #[call(Shut => Open)]
    pub fn open(&self, st: &Shut, pin: u16) -> Result<Next<u32>, &'static str> {
        if pin == 0 {
            return Ok(st.stay().reply(st.tries));
        }
        if pin != self.0 {
            return Ok(st.stay_mut(|_, shut| shut.tries += 1).refuse("wrong"));
        }
        Ok(st.goto(|_| Open).reply(0))
    }

    #[call(Open => Shut)]
    pub fn shut(&self, st: &Open) -> Next {
        st.goto(|_| Shut { tries: 0 })
    }
}

fn main() {}
