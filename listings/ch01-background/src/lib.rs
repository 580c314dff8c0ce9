//! Chapter 1: background, and the reader's workbench. The programs are in
//! `src/bin`.
