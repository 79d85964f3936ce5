//! What a method does to a router: it adds to it, or may make it serve.

/// Which methods of a router do no more than add to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Methods {
    /// All: a router does not serve.
    Any,
    /// Those that are known to: an application may listen, or give what does.
    Routes,
}

impl Methods {
    /// Whether a method of this name does no more than add to the router.
    pub(super) fn only_add(self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Routes => ADDING.contains(&name),
        }
    }
}

/// Methods of applications by which they get routes, middleware and settings.
const ADDING: [&str; 32] = [
    "addHook",
    "all",
    "basePath",
    "decorate",
    "decorateReply",
    "decorateRequest",
    "del",
    "delete",
    "disable",
    "enable",
    "engine",
    "get",
    "head",
    "notFound",
    "on",
    "onError",
    "openapi",
    "options",
    "param",
    "patch",
    "post",
    "put",
    "register",
    "route",
    "set",
    "setErrorHandler",
    "setNotFoundHandler",
    "setSerializerCompiler",
    "setValidatorCompiler",
    "use",
    "useAsync",
    "withTypeProvider",
];
