//! What a call does beside calling: files that it starts by their paths, and functions that it calls by their own methods.

use oxc_span::Span;

use super::super::{BindingKind, Expr, ExprId, FunctionId, RequestKind};
use super::Lowerer;

/// Functions that read, write or serve the file that they are given, and start nothing.
const READERS: [&str; 24] = [
    "access",
    "accessSync",
    "copyFile",
    "copyFileSync",
    "createReadStream",
    "createWriteStream",
    "dirname",
    "download",
    "existsSync",
    "fileURLToPath",
    "join",
    "lstatSync",
    "normalize",
    "readFile",
    "readFileSync",
    "relative",
    "resolve",
    "sendFile",
    "stat",
    "statSync",
    "static",
    "unlink",
    "writeFile",
    "writeFileSync",
];

/// A path that a file is started by.
struct Path {
    text: String,
    /// Whether it is put together from the folder of the file itself.
    is_beside: bool,
}

impl Lowerer<'_> {
    /// `f.call(this, a)` and `f.apply(null, [a])` call `f`.
    pub(super) fn called(&mut self, callee: ExprId, arguments: Box<[ExprId]>) -> (ExprId, Box<[ExprId]>) {
        let Expr::Member(function, name) = self.module.expr(callee) else {
            return (callee, arguments);
        };
        let function = *function;
        match (name.as_ref(), arguments.as_ref()) {
            ("call", [of, rest @ ..]) if self.is_receiver(function, *of) => (function, rest.into()),
            ("apply", [of, list]) if self.is_receiver(function, *of) => match self.module.expr(*list) {
                Expr::List(items) => (function, items.clone()),
                _ => {
                    let span = self.module.expressions[list.0 as usize].1.clone();
                    let spread = self.keep(Expr::Spread(*list), Span::new(span.start, span.end));
                    (function, [spread].into())
                }
            },
            _ => (callee, arguments),
        }
    }

    /// Whether it is what a function is told to be a method of, and no argument of a method that is called `call`.
    fn is_receiver(&self, function: ExprId, of: ExprId) -> bool {
        match (self.module.expr(of), self.module.expr(function)) {
            (Expr::Null | Expr::Undefined | Expr::This, _) => true,
            (Expr::Name(of), Expr::Member(object, _)) => {
                matches!(self.module.expr(*object), Expr::Name(object) if object == of)
            }
            _ => false,
        }
    }

    /// `import("x").then((x) => …)`: what the function is given is the module.
    pub(super) fn loaded_then(&mut self, callee: ExprId, arguments: &[ExprId]) {
        let Expr::Member(load, name) = self.module.expr(callee) else {
            return;
        };
        let load = *load;
        if name.as_ref() != "then" || !matches!(self.module.expr(load), Expr::Load(_)) {
            return;
        }
        let Some(Expr::Function(FunctionId(function))) = arguments.first().map(|first| self.module.expr(*first)) else {
            return;
        };
        let parameters = &self.module.functions[*function as usize].parameters;
        let names = parameters.first().map_or_else(Vec::new, |first| first.bindings.clone());
        for name in names {
            for given in &mut self.module.bindings[name.0 as usize].given {
                given.value = given.value.or(Some(load));
            }
        }
    }

    /// Keeps a request for each file that a call starts by its path.
    pub(super) fn starts(&mut self, callee: ExprId, arguments: &[ExprId], span: Span) {
        for path in self.paths_started(callee, arguments) {
            let is_code = matches!(
                path.rsplit_once('.').map(|(_, ending)| ending),
                Some("js" | "mjs" | "cjs" | "ts" | "mts" | "cts")
            );
            if is_code && !path.contains('*') {
                self.request(Some(&path), RequestKind::File, span);
            }
        }
    }

    fn paths_started(&self, callee: ExprId, arguments: &[ExprId]) -> Vec<String> {
        let name = match self.module.expr(callee) {
            Expr::Name(binding) => self.module.binding(*binding).name.as_ref(),
            Expr::Global(name) | Expr::Member(_, name) => name.as_ref(),
            _ => return Vec::new(),
        };
        if READERS.contains(&name) {
            return Vec::new();
        }
        let is_starting = matches!(name, "fork" | "Worker" | "SharedWorker");
        let mut found = Vec::new();
        for (argument, index) in arguments.iter().zip(0_usize..) {
            match self.module.expr(*argument) {
                Expr::Object(properties) => {
                    found.extend(properties.iter().filter_map(|property| self.beside(property.value)));
                }
                _ if is_starting && index == 0 => found.extend(self.path(*argument, 0).map(|path| path.text)),
                _ => found.extend(self.beside(*argument)),
            }
        }
        found.extend(self.program_started(name, arguments).map(|path| path.text));
        found
    }

    /// A path that is put together from the folder of the file itself.
    pub(super) fn beside(&self, expr: ExprId) -> Option<String> {
        match self.module.expr(expr) {
            Expr::Text(_) => None,
            _ => self.path(expr, 0).filter(|path| path.is_beside).map(|path| path.text),
        }
    }

    /// `spawn("node", ["job.js"])`, `exec("node job.js")`.
    fn program_started(&self, name: &str, arguments: &[ExprId]) -> Option<Path> {
        let first = arguments.first()?;
        match name {
            "exec" | "execSync" => {
                let Expr::Text(command) = self.module.expr(*first) else {
                    return None;
                };
                let mut words = command.split_whitespace();
                let is_node = words.next() == Some("node");
                let text = words.next().filter(|_| is_node)?.to_owned();
                Some(Path { text, is_beside: false })
            }
            "spawn" | "spawnSync" | "execFile" | "execFileSync" => {
                let is_node = match self.module.expr(*first) {
                    Expr::Text(program) => matches!(program.as_ref(), "node" | "tsx" | "ts-node"),
                    Expr::Member(_, name) => name.as_ref() == "execPath",
                    _ => false,
                };
                let Expr::List(words) = self.module.expr(*arguments.get(1)?) else {
                    return None;
                };
                words.iter().filter(|_| is_node).find_map(|word| self.path(*word, 0))
            }
            _ => None,
        }
    }

    fn path(&self, expr: ExprId, depth: u32) -> Option<Path> {
        let beside = |text: String| Path { text, is_beside: true };
        let text_of = |expr: ExprId| match self.module.expr(expr) {
            Expr::Text(text) => Some(text.as_ref()),
            _ => None,
        };
        match self.module.expr(expr) {
            Expr::Text(text) => Some(Path {
                text: text.to_string(),
                is_beside: false,
            }),
            Expr::Name(name) if depth < 3 => {
                let binding = self.module.binding(*name);
                let is_constant = matches!(binding.kind, BindingKind::Constant | BindingKind::Other);
                match binding.given.as_slice() {
                    [given] if is_constant && given.path.is_empty() => self.path(given.value?, depth + 1),
                    _ => None,
                }
            }
            Expr::Template(texts, holes) => match (texts.as_ref(), holes.as_ref()) {
                ([before, after], [hole]) if before.is_empty() && self.is_folder(*hole) => {
                    Some(beside(format!(".{after}")))
                }
                _ => None,
            },
            Expr::Binary("+", left, right) if self.is_folder(*left) => Some(beside(format!(".{}", text_of(*right)?))),
            // `new URL("./job.js", import.meta.url)`
            Expr::New(_, arguments) => match arguments.as_ref() {
                [first, base] if matches!(self.module.expr(*base), Expr::Member(_, name) if name.as_ref() == "url") => {
                    Some(beside(text_of(*first)?.to_owned()))
                }
                _ => None,
            },
            // `path.join(__dirname, "job.js")`, `require.resolve("./job.js")`, `fileURLToPath(…)`
            Expr::Call(callee, arguments) => {
                let name = match self.module.expr(*callee) {
                    Expr::Name(name) => self.module.binding(*name).name.as_ref(),
                    Expr::Member(_, name) => name.as_ref(),
                    _ => return None,
                };
                match (name, arguments.as_ref()) {
                    ("join" | "resolve", [folder, parts @ ..]) if self.is_folder(*folder) => {
                        let parts: Option<Vec<&str>> = parts.iter().map(|part| text_of(*part)).collect();
                        Some(beside(format!("./{}", parts?.join("/"))))
                    }
                    ("resolve", [file]) => {
                        Some(beside(text_of(*file).filter(|file| file.starts_with('.'))?.to_owned()))
                    }
                    ("fileURLToPath", [url]) => self.path(*url, depth + 1),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether it is the folder of the file itself.
    fn is_folder(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Global(name) => name.as_ref() == "__dirname",
            Expr::Name(name) => self.module.binding(*name).name.as_ref() == "__dirname",
            Expr::Member(meta, name) => name.as_ref() == "dirname" && matches!(self.module.expr(*meta), Expr::Meta(_)),
            _ => false,
        }
    }
}
