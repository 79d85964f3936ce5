//! A route with all that stands before it, and what answers whatever comes to it.

use crate::model::Place;
use crate::program::server::nature::nature;
use crate::program::server::order::UNAWAITED;
use crate::program::server::passing::only_hands_on;
use crate::program::server::shadow::{Answers, Below, Extent, below, is_unknown};
use crate::program::server::{Done, Middleware, Parts, Route, Stands};
use crate::program::values::Value;

use super::{Flattener, Mounted};

impl Flattener<'_> {
    /// Whether a handler answers all that it is asked: a function of Express's without `next`, done for sure.
    pub(super) fn ends(&self, handler: &[Value], done: &Done) -> bool {
        let [Value::Function(at)] = handler else { return false };
        let parameters = &self.program.module(at.module).function(at.function).parameters;
        let is_sure = done.doubt.or(self.under).is_none();
        is_sure && parameters.len() == 2 && parameters.iter().all(|parameter| !parameter.is_rest)
    }

    /// Whether what stands last is passed through, too: a package's middleware, a function with `next`.
    pub(super) fn hands_on(&self, handler: &[Value]) -> bool {
        !handler.is_empty()
            && handler.iter().all(|value| match value {
                Value::Function(at) => self.program.module(at.module).function(at.function).parameters.len() == 3,
                Value::Result(_, call) => self.program.functions_given_to(*call).is_empty(),
                Value::Package(..) => true,
                _ => false,
            })
    }

    pub(super) fn answer(&mut self, method: &str, path: &str, reach: Extent, place: &Place) {
        self.answers.push(Answers {
            routes_before: self.routes.len(),
            method: method.into(),
            path: path.to_owned(),
            reach,
            place: place.clone(),
        });
    }

    pub(super) fn route(
        &mut self,
        done: &Done,
        method: &str,
        path: &str,
        values: &[Vec<Value>],
        chain: &mut Vec<Mounted>,
    ) {
        let Some((handler, own)) = values.split_last() else {
            return;
        };
        let (mut passed, mut answering): (Vec<Middleware>, Vec<Middleware>) = (Vec::new(), Vec::new());
        for mounted in chain.iter() {
            let is_each = mounted.method.as_ref() == "*" || mounted.method.as_ref() == method;
            let doubt = match below(path, &mounted.path, mounted.reach) {
                Below::No => continue,
                _ if !is_each && method != "*" => continue,
                Below::Yes if !is_each => Some("it is mounted for one method of several"),
                Below::Yes => None,
                Below::Maybe => Some("whether it is mounted on this path is not known"),
            };
            let mut middleware = mounted.middleware.clone();
            middleware.doubt = middleware.doubt.or(doubt);
            match mounted.stands {
                Stands::Before => passed.push(middleware),
                Stands::Behind => answering.push(middleware),
            }
        }
        passed.extend(own.iter().map(|values| Middleware {
            values: values.clone(),
            place: done.place.clone(),
            doubt: None,
        }));
        let is_before_others = only_hands_on(handler);
        if !is_before_others && (method != "*" || !self.hands_on(handler)) {
            if self.is_overtaken || done.doubt.or(self.under) == Some(UNAWAITED) {
                self.overtaking.push(self.routes.len());
            }
            self.begun.push(self.begun_by);
            self.routes.push(Route {
                method: method.into(),
                path: (!path.split('/').any(is_unknown)).then(|| path.replace(":()", ":")),
                chain: passed,
                answering,
                nature: nature(self.program, handler),
                handler: handler.clone(),
                place: done.place.clone(),
                shadowed_by: None,
                parts: Parts::default(),
            });
        }
        if self.ends(handler, done) {
            self.answer(method, path, Extent::Exact, &done.place);
        }
        if method == "*" || is_before_others {
            // `app.all("/pay", limiter)` hands on to the routes behind it, and so does `app.post("/login", limiter)`.
            let each = values.iter().map(|values| Middleware {
                values: values.clone(),
                place: done.place.clone(),
                doubt: done.doubt.or(self.under),
            });
            for middleware in each {
                self.passed.push(middleware.clone());
                chain.push(Mounted {
                    method: method.into(),
                    path: path.to_owned(),
                    reach: Extent::Exact,
                    middleware,
                    stands: Stands::Before,
                    routes_before: self.routes.len(),
                    begun_by: self.begun_by,
                });
            }
        }
    }
}
