//! Files as datasets, for the commands that ask something of their rows: the flags that say how a file is read, the files
//! that are named, and the condition that rows meet.

use std::path::{Path, PathBuf};

use nu_plugin::{EngineInterface, EvaluatedCall};
use nu_protocol::{LabeledError, PipelineData, Signature, Span, SyntaxShape, Value};
use ulid_engine::{
    RowSet, Timestamp,
    dataset::{Dataset, OpenError, OpenOptions},
    query::{self, Query, Scope},
    timestamp::TimeZone,
    visible::visible,
};

use crate::{
    args::{self, Rules},
    interrupt::Interruptible,
    label, source,
};

/// Adds the flags that say how files are read.
pub(crate) fn flags(signature: Signature) -> Signature {
    args::zone_flag(args::lenient_flag(signature))
        .named(
            "column",
            SyntaxShape::String,
            "Which column or field has the ID; else the file tells.",
            Some('c'),
        )
        .named("format", SyntaxShape::String, args::FORMATS, None)
        .named(
            "delimiter",
            SyntaxShape::String,
            "The delimiter of a table, where the file does not tell.",
            Some('d'),
        )
        .param(args::chosen(
            "header",
            "If the first line of a table names its columns, where the file does not tell: yes or no.",
            &args::HEADERS,
        ))
        .named(
            "skip",
            SyntaxShape::Int,
            "Lines at the begin of each file that are passed over.",
            None,
        )
        .named(
            "comment",
            SyntaxShape::String,
            "Lines above the first row or the header that begin so are passed over.",
            None,
        )
        .param(args::chosen(
            "spelling",
            "How the IDs are spelled, where the file does not tell, such as guid or within.",
            &args::SPELLINGS,
        ))
        .switch(
            "every",
            "Each ID of a text is a row, not only the first of a line.",
            None,
        )
}

/// Refuses [`flags`], and `others`, where no source is read that they could speak of.
pub(crate) fn refuse_flags(call: &EvaluatedCall, others: &[&str]) -> Result<(), LabeledError> {
    const OF_SOURCE: [&str; 8] = [
        "column",
        "format",
        "delimiter",
        "header",
        "skip",
        "comment",
        "spelling",
        "every",
    ];
    for flag in OF_SOURCE.iter().chain(others) {
        if let Some(span) = call.get_flag_span(flag) {
            return Err(label::of_source(flag, span));
        }
    }
    Ok(())
}

/// Adds `--filter`.
pub(crate) fn filter_flag(signature: Signature) -> Signature {
    signature.named(
        "filter",
        SyntaxShape::String,
        "The condition that rows meet, in the language of the browser: \"valid and age < 2d\".",
        Some('f'),
    )
}

/// Options that [`flags`] give.
pub(crate) fn options(rules: &Rules, call: &EvaluatedCall) -> Result<OpenOptions, LabeledError> {
    Ok(OpenOptions {
        place: call.get_flag("column")?,
        reading: rules.reading()?,
        format: args::format(call)?,
        delimiter: args::delimiter(call)?,
        header: args::header(call)?,
        skip: args::skip(call)?,
        comment: call.get_flag("comment")?,
        spelling: args::spelling(call)?,
        every: call.has_flag("every")?,
        ..OpenOptions::default()
    })
}

/// Files that a call names.
pub(crate) struct Files {
    pub(crate) paths: Vec<PathBuf>,
    /// Places of their names.
    spans: Vec<Span>,
    head: Span,
}

impl Files {
    /// The files among the positional arguments, from `first` on, against Nushell's current folder.
    pub(crate) fn named(
        engine: &EngineInterface,
        call: &EvaluatedCall,
        first: usize,
    ) -> Result<Files, LabeledError> {
        let named = source::named(engine, call, first)?;
        Ok(Files::of(named, call.head))
    }

    /// Files by their paths and places.
    pub(crate) fn of(named: Vec<(PathBuf, Span)>, head: Span) -> Files {
        let (paths, spans) = named.into_iter().unzip();
        Files { paths, spans, head }
    }

    /// The rows of the files, or of what comes in where none is named; `None` if that is empty.
    pub(crate) fn open(
        &self,
        input: PipelineData,
        options: &OpenOptions,
        command: &str,
        head: Span,
    ) -> Result<Option<Dataset>, LabeledError> {
        let opened = match self.paths.is_empty() {
            true => {
                let reader = source::bytes(input, command, head)?;
                Dataset::from_reader("the input", reader, options)
            }
            false => Dataset::open_paths(&self.paths, options),
        };
        self.opened(opened)
    }

    /// A dataset that was opened; `None` if it is empty.
    pub(crate) fn opened(
        &self,
        opened: Result<Dataset, OpenError>,
    ) -> Result<Option<Dataset>, LabeledError> {
        match opened {
            Ok(dataset) => Ok(Some(dataset)),
            Err(error) if error.is_empty_source() => Ok(None),
            Err(error) => Err(label::not_opened(&error, self.place_of(&error.path))),
        }
    }

    /// Place of the name of a file; that of the first if it is none of them.
    fn place_of(&self, path: &Path) -> Span {
        let mut files = self.paths.iter().zip(&self.spans);
        let named = files.find(|(known, _)| *known == path);
        named.map_or_else(|| self.place(), |(_, span)| *span)
    }

    /// Place of the name of the first.
    pub(crate) fn place(&self) -> Span {
        self.spans.first().copied().unwrap_or(self.head)
    }
}

/// Meaning of names and literals beside a call: columns of the file, the zone of the configuration, and Nushell's folder.
pub(crate) struct Meaning {
    zone: TimeZone,
    folder: PathBuf,
    now: Timestamp,
    command: &'static str,
}

impl Meaning {
    /// The meaning of texts of the command with this name.
    pub(crate) fn of(
        engine: &EngineInterface,
        rules: &Rules,
        command: &'static str,
    ) -> Result<Meaning, LabeledError> {
        Ok(Meaning {
            zone: rules.zone()?.clone(),
            // without a folder of its own, Nushell is where this process is
            folder: engine
                .get_current_dir()
                .map_or_else(|_| PathBuf::new(), PathBuf::from),
            now: Timestamp::now(),
            command,
        })
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn scope<'s>(&'s self, dataset: &'s Dataset) -> Scope<'s> {
        Scope {
            files: Some(&self.folder),
            ..Scope::of(dataset, self.now, &self.zone)
        }
    }

    /// The meaning without a file, where any name may be that of a column.
    pub(crate) fn any_column(&self) -> Scope<'_> {
        Scope {
            columns: &[],
            any_column: true,
            now: self.now,
            zone: &self.zone,
            files: Some(&self.folder),
            writers: true,
        }
    }

    /// Says on standard error what is no error: a plugin has no other way.
    pub(crate) fn tell(&self, notes: &[String]) {
        for note in notes {
            eprintln!("{}: {}", self.command, visible(note));
        }
    }

    /// The condition of `--filter`, if one is given.
    pub(crate) fn filter(
        &self,
        dataset: &Dataset,
        call: &EvaluatedCall,
    ) -> Result<Option<Filter>, LabeledError> {
        let Some(filter) = call.get_flag_value("filter") else {
            return Ok(None);
        };
        let scope = self.scope(dataset);
        let filter = self.condition(&scope, &filter)?;
        // rows that cannot be read are told where they are asked for
        let unfit = filter.query.unfit_columns(dataset);
        self.tell(&unfit.unwrap_or_default());
        Ok(Some(filter))
    }

    /// A condition that rows meet.
    pub(crate) fn condition(
        &self,
        scope: &Scope<'_>,
        text: &Value,
    ) -> Result<Filter, LabeledError> {
        let filter = self.condition_of_any(scope, text)?;
        self.tell_unknown(text.as_str()?, scope);
        Ok(filter)
    }

    /// The same where any name may be that of a column.
    pub(crate) fn condition_of_any(
        &self,
        scope: &Scope<'_>,
        text: &Value,
    ) -> Result<Filter, LabeledError> {
        let (text, span) = (text.as_str()?, text.span());
        let query = Query::parse(text, scope).map_err(|error| label::bad_filter(&error, span))?;
        self.tell(query.notes());
        Ok(Filter { query, span })
    }

    /// Says which names of a text no row of the sample has.
    pub(crate) fn tell_unknown(&self, text: &str, scope: &Scope<'_>) {
        let told = query::unknown_names(text, scope);
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        self.tell(&told);
    }
}

/// The condition that rows meet.
pub(crate) struct Filter {
    pub(crate) query: Query,
    pub(crate) span: Span,
}

impl Filter {
    /// All rows that meet it.
    pub(crate) fn select(
        &self,
        dataset: &Dataset,
        run: &Interruptible,
    ) -> Result<RowSet, LabeledError> {
        query::select(dataset, &self.query, run.progress())
            .map_err(|error| label::not_selected(&error, self.span))
    }
}

/// An error for a source that could be read in part only, of which figures would pass for those of the whole.
pub(crate) fn whole(dataset: &Dataset, head: Span) -> Result<(), LabeledError> {
    match dataset.extent().error {
        Some(error) => Err(label::not_read(&error, head)),
        None => Ok(()),
    }
}
