//! `readygate action`: the container's entry point.
