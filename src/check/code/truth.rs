//! Whether something holds of code.

/// Whether something holds; why not, or why that is not known, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check) enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No(String),
    /// It is not known.
    Unknown(String),
}

impl Truth {
    /// Both must hold.
    pub(in crate::check) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No(why), _) | (_, Self::No(why)) => Self::No(why),
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// One of several values is there at a time: they must agree.
    pub(in crate::check) fn one_of_several(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, Self::Yes) => Self::Yes,
            (Self::No(why), Self::No(_)) => Self::No(why),
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::Yes, Self::No(why)) | (Self::No(why), Self::Yes) => {
                Self::Unknown(format!("it depends on a condition: {why} in one case"))
            }
        }
    }
}
