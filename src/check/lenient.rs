//! Tests that hold whatever is answered: `expect([200, 401, 500]).toContain(response.status)`.

use std::sync::Arc;

use crate::model::RepoPath;
use crate::program::module::{BindingId, BranchKind, Expr, ExprId, FunctionId, Module, Step};
use crate::program::module_of;
use crate::text::{Document, Span};

use super::route::{KEYS as STATUS_KEYS, is_of_status};

/// What runs one test, and what holds several.
const TESTS: [&str; 4] = ["it", "test", "specify", "fit"];
const GROUPS: [&str; 4] = ["describe", "context", "suite", "fdescribe"];
/// What puts something else in a package's place: `jest.mock("stripe", () => ({ … }))`.
const MOCKS: [&str; 6] = [
    "doMock",
    "mock",
    "mockModule",
    "module",
    "setMock",
    "unstable_mockModule",
];
/// The first status that tells of a failure.
const FAILURE: f64 = 400.0;

/// The assertions of a test file.
pub(super) struct Lenient {
    module: Arc<Module>,
    /// The calls that are one test each, and those that hold several.
    tests: Vec<Span>,
    groups: Vec<Span>,
    /// What stands in the place of packages: it says what they are called by, and asks for nothing.
    stand_ins: Vec<Span>,
    /// Where something is asserted, and whether that holds whatever is answered.
    asserted: Vec<(Span, bool)>,
}

impl Lenient {
    /// Those of a file; `None` where it is no module, or holds no test.
    pub(super) fn of(path: &RepoPath, document: &Document) -> Option<Self> {
        let module = module_of(path, document)?;
        let mut found = Self {
            module: Arc::clone(&module),
            tests: Vec::new(),
            groups: Vec::new(),
            stand_ins: Vec::new(),
            asserted: Vec::new(),
        };
        let under_status = found.under_status();
        for ((expr, _), index) in module.expressions.iter().zip(0_u32..) {
            let Expr::Call(callee, arguments) = expr else { continue };
            let span = module.span(ExprId(index));
            match first_name(&module, *callee) {
                Some(name) if TESTS.contains(&name) => found.tests.push(span),
                Some(name) if GROUPS.contains(&name) => found.groups.push(span),
                _ if is_stand_in(&module, *callee) => found.stand_ins.push(span),
                _ => {
                    if let Some(is_lenient) = found.assertion(*callee, arguments) {
                        let is_aside = under_status.iter().any(|outer| holds(outer, &span));
                        found.asserted.push((span, is_lenient || is_aside));
                    }
                }
            }
        }
        (!found.tests.is_empty()).then_some(found)
    }

    /// Whether all that is asserted around a place, in its test or in its group, holds whatever is answered, or it stands in
    /// what takes a package's place.
    pub(super) fn accepts_all(&self, place: &Span) -> bool {
        if self.stand_ins.iter().any(|span| holds(span, place)) {
            return true;
        }
        let around = |spans: &[Span]| {
            let outer = spans.iter().filter(|span| holds(span, place));
            outer.min_by_key(|span| span.end - span.start).cloned()
        };
        let Some(scope) = around(&self.tests).or_else(|| around(&self.groups)) else {
            return false;
        };
        let mut asserted = self.asserted.iter().filter(|(span, _)| holds(&scope, span)).peekable();
        asserted.peek().is_some() && asserted.all(|(_, is_lenient)| *is_lenient)
    }

    /// Whether a call asserts something, and if so, whether that holds whatever is answered.
    fn assertion(&self, callee: ExprId, arguments: &[ExprId]) -> Option<bool> {
        let Expr::Member(object, matcher) = self.module.expr(callee) else {
            // `assert(…)`, `expectOk(response)`: a function of one's own may assert anything.
            let name = first_name(&self.module, callee)?.to_ascii_lowercase();
            let is_own = ["assert", "check", "verify", "should", "ensure"]
                .iter()
                .any(|word| name.starts_with(word))
                || name.starts_with("expect") && name != "expect";
            return is_own.then_some(false);
        };
        let name = matcher.as_ref();
        let Some((subject, is_negated)) = self.subject(*object) else {
            // supertest's `.expect(200)`, chai's `.should()`, `assert.equal(…)`.
            let is_other = matches!(name, "expect" | "should" | "expectStatus" | "assert")
                || first_name(&self.module, *object).is_some_and(|root| root == "assert" || root == "t");
            return is_other.then_some(false);
        };
        Some(self.is_lenient(subject, is_negated, name, arguments))
    }

    /// What `expect` is handed in a chain, and whether the chain negates it.
    fn subject(&self, mut at: ExprId) -> Option<(ExprId, bool)> {
        let mut is_negated = false;
        loop {
            match self.module.expr(at) {
                Expr::Member(object, name) => {
                    is_negated |= name.as_ref() == "not";
                    at = *object;
                }
                Expr::Call(callee, arguments) => {
                    let is_expect = matches!(self.module.expr(*callee), Expr::Global(name) if name.as_ref() == "expect")
                        || matches!(self.module.expr(*callee), Expr::Name(name)
                            if self.module.binding(*name).name.as_ref() == "expect");
                    return is_expect.then_some((*arguments.first()?, is_negated));
                }
                _ => return None,
            }
        }
    }

    fn is_lenient(&self, subject: ExprId, is_negated: bool, matcher: &str, arguments: &[ExprId]) -> bool {
        let argument = arguments.first().copied();
        let number = argument.and_then(|argument| self.number(argument));
        if self.is_constant(subject) && argument.is_none_or(|argument| self.is_constant(argument)) {
            return true;
        }
        match matcher {
            "toContain" | "toContainEqual" | "include" | "includes" => {
                !is_negated && self.takes_both(subject) && argument.is_some_and(|argument| self.is_status(argument))
            }
            "oneOf" | "toBeOneOf" => !is_negated && argument.is_some_and(|list| self.takes_both(list)),
            // `expect([200, 401].includes(response.status)).toBe(true)`
            "toBe" | "toEqual" | "toBeTruthy" | "toStrictEqual" | "equal" | "eql" if self.asks_a_list(subject) => {
                !is_negated
            }
            // All but one failure.
            "toBe" | "toEqual" | "toStrictEqual" | "equal" | "eql" | "status" => {
                is_negated && self.is_status(subject) && number.is_some_and(|number| number >= FAILURE)
            }
            "toBeLessThan" | "toBeLessThanOrEqual" | "lessThan" | "below" => {
                self.is_status(subject) && number.is_some_and(|number| number > FAILURE + 1.0)
            }
            "toBeGreaterThan" | "toBeGreaterThanOrEqual" | "greaterThan" | "above" | "least" => {
                self.is_status(subject) && number.is_some_and(|number| number < FAILURE - 1.0)
            }
            "toBeDefined" | "toBeTruthy" | "exist" | "toBeNull" | "toBeUndefined" => {
                self.is_whole(subject) && (is_negated == matches!(matcher, "toBeNull" | "toBeUndefined"))
            }
            "toHaveProperty" | "property" => {
                let says = argument.map(|argument| self.module.expr(argument));
                arguments.len() == 1 && matches!(says, Some(Expr::Text(text)) if STATUS_KEYS.contains(&text.as_ref()))
            }
            _ => false,
        }
    }

    /// A status, or the answer as a whole.
    fn is_whole(&self, expr: ExprId) -> bool {
        const ANSWERS: [&str; 8] = ["answer", "r", "reply", "res", "resp", "response", "result", "answered"];
        // `const { token } = response.body` is a part of it, and what a service of one's own gives back is none.
        self.is_status(expr)
            || matches!(self.module.expr(expr), Expr::Name(name)
                if ANSWERS.contains(&self.module.binding(*name).name.as_ref()) && self.only_value(*name).is_some())
    }

    fn is_status(&self, expr: ExprId) -> bool {
        let name = match self.module.expr(expr) {
            Expr::Member(_, name) => name,
            Expr::Name(name) => &self.module.binding(*name).name,
            // Playwright's `response.status()`.
            Expr::Call(callee, arguments) if arguments.is_empty() => return self.is_status(*callee),
            _ => return false,
        };
        is_of_status(name)
    }

    /// Whether a list holds a status of success and one of failure.
    fn takes_both(&self, list: ExprId) -> bool {
        let numbers = self.numbers(list);
        numbers.iter().any(|number| *number < FAILURE) && numbers.iter().any(|number| *number >= FAILURE)
    }

    fn asks_a_list(&self, subject: ExprId) -> bool {
        let Expr::Call(callee, arguments) = self.module.expr(subject) else {
            return false;
        };
        let [asked] = **arguments else { return false };
        matches!(self.module.expr(*callee), Expr::Member(list, name)
            if name.as_ref() == "includes" && self.takes_both(*list) && self.is_status(asked))
    }

    fn numbers(&self, list: ExprId) -> Vec<f64> {
        match self.module.expr(list) {
            Expr::List(items) => items.iter().filter_map(|item| self.number(*item)).collect(),
            Expr::Name(name) => self
                .only_value(*name)
                .map_or_else(Vec::new, |value| match self.module.expr(value) {
                    Expr::List(_) => self.numbers(value),
                    _ => Vec::new(),
                }),
            _ => Vec::new(),
        }
    }

    fn number(&self, expr: ExprId) -> Option<f64> {
        match self.module.expr(expr) {
            Expr::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn only_value(&self, name: BindingId) -> Option<ExprId> {
        match self.module.binding(name).given.as_slice() {
            [given] if given.path.is_empty() => given.value,
            _ => None,
        }
    }

    fn is_constant(&self, expr: ExprId) -> bool {
        matches!(
            self.module.expr(expr),
            Expr::Bool(_) | Expr::Number(_) | Expr::Text(_) | Expr::Null | Expr::Undefined
        )
    }

    /// What stands under a condition that asks for a status: `if (response.status === 200) { … }`.
    fn under_status(&self) -> Vec<Span> {
        let mut found = Vec::new();
        for (_, index) in self.module.functions.iter().zip(0_u32..) {
            self.under_status_in(&self.module.function(FunctionId(index)).steps, &mut found);
        }
        found
    }

    fn under_status_in(&self, steps: &[Step], found: &mut Vec<Span>) {
        for step in steps {
            let Step::Branch(branch) = step else { continue };
            let mut asks = false;
            if let Some(test) = branch.test.filter(|_| branch.kind == BranchKind::If) {
                self.module.each_part(test, &mut |part| asks |= self.is_status(part));
                // `if (response.status !== 401) { assert.fail() }` is what is asserted.
                self.module.each_part(test, &mut |part| {
                    asks &= !matches!(
                        self.module.expr(part),
                        Expr::Binary("!=" | "!==", ..) | Expr::Unary("!", _)
                    );
                });
            }
            if asks && branch.arms.get(1).is_none_or(Vec::is_empty) {
                found.push(branch.span.clone());
            } else {
                branch.arms.iter().for_each(|arm| self.under_status_in(arm, found));
            }
        }
    }
}

/// The name that a chain of members and calls begins with: `it` of `it.each([…])`.
fn first_name(module: &Module, mut at: ExprId) -> Option<&str> {
    loop {
        at = match module.expr(at) {
            Expr::Member(object, _) => *object,
            Expr::Call(callee, _) | Expr::Tagged(callee, ..) => *callee,
            Expr::Global(name) => return Some(name),
            Expr::Name(name) => return Some(&module.binding(*name).name),
            _ => return None,
        };
    }
}

/// Whether a call puts something in a package's place.
fn is_stand_in(module: &Module, callee: ExprId) -> bool {
    let Expr::Member(_, method) = module.expr(callee) else {
        return false;
    };
    let is_runner = matches!(
        first_name(module, callee),
        Some("jest" | "vi" | "vitest" | "mock" | "td")
    );
    is_runner && MOCKS.contains(&method.as_ref())
}

fn holds(outer: &Span, inner: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the test around a request for `/login` accepts whatever is answered.
    fn accepts_all(body: &str) -> bool {
        let text = format!("it('signs in', async () => {{ const res = await post('/login');\n{body}\n}});");
        let document = Document::new(text.clone().into_bytes());
        let at = text.find("/login").unwrap_or_default();
        Lenient::of(&RepoPath::new("a.test.js"), &document).is_some_and(|found| found.accepts_all(&(at..at + 6)))
    }

    #[test]
    fn what_holds_of_any_answer_tests_nothing() {
        for body in [
            "expect([200, 401, 500]).toContain(res.status);",
            "const fine = [200, 404]; expect(fine).toContain(res.statusCode);",
            "expect([200, 401].includes(res.status)).toBe(true);",
            "expect(res.status).to.be.oneOf([201, 400]);",
            "expect(res.status).toBeLessThan(600);",
            "expect(res.status).toBeLessThan(500);",
            "expect(res.status()).toBeLessThan(500);",
            "expect(res.status).toBeGreaterThanOrEqual(200);",
            "expect(res.status).not.toBe(404);",
            "expect(res).toBeDefined();",
            "expect(true).toBe(true);",
            "expect([200, 401]).toContain(res.status); if (res.status === 200) { expect(res.body).toHaveProperty('token'); }",
        ] {
            assert!(accepts_all(body), "{body}");
        }
    }

    #[test]
    fn what_takes_a_packages_place_asks_for_nothing() {
        let text = "import { jest } from '@jest/globals';
            jest.mock('stripe', () => jest.fn().mockImplementation(() => ({ paymentIntents: { retrieve: jest.fn() } })));
            it('adds', () => { expect(sum(1, 2)).toBe(3); });
            it('pays', async () => { expect((await post('/payments')).status).toBe(200); });";
        let document = Document::new(text.as_bytes());
        let found = Lenient::of(&RepoPath::new("a.test.js"), &document).expect("it has tests");
        let at = |words: &str| text.find(words).map(|at| at..at + words.len()).expect("it is there");
        assert!(found.accepts_all(&at("paymentIntents")));
        assert!(!found.accepts_all(&at("/payments")));
    }

    #[test]
    fn what_tells_answers_apart_tests_something() {
        for body in [
            "expect(res.status).toBe(200);",
            "expect([200, 201]).toContain(res.status);",
            "expect([400, 401, 422]).toContain(res.status);",
            "expect(res.status).toBeLessThan(400);",
            "expect(res.status).toBeGreaterThanOrEqual(400);",
            "expect([200, 401]).toContain(res.status); expect(res.body.token).toBeDefined();",
            "expect([200, 401]).toContain(res.status); assertSignedIn(res);",
            "await post('/login').expect(200);",
            "expect(res.body).toMatchSnapshot();",
            "expect(error).toBeInstanceOf(Unauthorized);",
            "expect(res.status).not.toBe(200);",
            "const { token } = res.body; expect(token).toBeDefined();",
            "const token = res.body.token; expect(token).toBeTruthy();",
            "const user = await auth.login(); expect(user).toBeDefined();",
            "expect(items.length).not.toBe(0);",
            "if (res.status !== 401) { assert.fail('it let in'); }",
            "await page.click('x');",
            "if (res.status === 200) { expect(res.body.token).toBeDefined(); } else { expect(res.body.error).toBe('no'); }",
        ] {
            assert!(!accepts_all(body), "{body}");
        }
    }
}
