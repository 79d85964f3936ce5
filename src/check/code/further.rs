//! What is asked of a use beyond the arguments of its call.

use super::judged::Asked;
use super::parameters::Further;
use super::spot::Found;
use super::truth::Truth;
use super::{acting, alone, caught, clock};

impl Asked<'_> {
    /// What is asked beyond the arguments.
    pub(super) fn further(&self, site: &Found<'_>) -> Truth {
        match (self.question.asked, site) {
            (Further::Acts, Found::Text(function, text)) => {
                acting::acts(self.program, &|at| self.is_live(at), *function, *text)
            }
            (Further::Refuses, Found::Use(found)) => match found.at() {
                Some(call) => caught::refuses(self.program, &|at| self.is_live(at), found.function, call.expr),
                None => Truth::Yes,
            },
            (Further::Alone, Found::Use(found)) => {
                alone::is_alone(self.program, &|at| self.is_live(at), found.function, 0)
            }
            (Further::ForRequests, Found::Use(found)) => {
                let later = self.later.get_or_init(|| clock::by_the_clock(self.program));
                match clock::only(self.program, later, found.function) {
                    true => Truth::Unknown("only what runs by the clock, for a job or by an event calls it".to_owned()),
                    false => Truth::Yes,
                }
            }
            (Further::Nothing | Further::Said, _)
            | (Further::Acts, Found::Use(_))
            | (Further::Refuses | Further::Alone | Further::ForRequests, Found::Text(..)) => Truth::Yes,
        }
    }
}
