//! The breakers of a process: made on first use, bounded in number, found by name without a lock (CB-11, CB-12).

use super::change::ChangeListener;
use super::component::{CRITICAL, Component, ComponentSnapshot, PROTECTED};
use super::layout::{
    COMPONENT_LINES, COMPONENTS_LINE, COMPONENTS_MAX, DEPENDENCIES_MAX, Line, MAGIC, MEMORY_LINES,
    NAME_BYTES_MAX, SETTINGS_LINES, SHARED_SETTINGS_LINE, UNSETTLED_SET_LINE, body, head,
};
use super::settings::{BreakerSettings, RATE_PARTS, SettingsCell};
use holdfast_core::{Code, Error, Result, Timestamp};
use serde::Deserialize;
use std::sync::atomic::{AtomicU64, Ordering};

/// A component that was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComponentId(u16);

impl ComponentId {
    /// Returns the id with this index, if it can be one.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        if index < COMPONENTS_MAX { u16::try_from(index).ok().map(Self) } else { None }
    }

    /// Returns the index of its lines.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// When the circuit over all components opens, beside a critical one that does (CB-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GlobalRule {
    /// Open components that open it; 0 is no such rule.
    pub components: u32,
    /// Millionths of all components that open it, when they are two or more; 0 is no such rule.
    pub fraction: u32,
}

/// What is declared of a component.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ComponentSpec {
    /// Names of the components that it cannot work without.
    pub depends_on: Vec<String>,
    /// Whether its opening opens the global circuit.
    pub critical: bool,
    /// Whether no manual override may close it.
    pub protected: bool,
    /// Settings of its own.
    pub settings: Option<BreakerSettings>,
}

/// All breakers of a block of memory.
pub struct Breakers<M: AsRef<[Line]>> {
    memory: M,
    pub(super) listener: Option<ChangeListener>,
}

fn invalid(what: impl Into<String>) -> Error {
    Error::new(Code::ConfigInvalid, what)
}

/// FNV-1a; zero stands for a free place.
fn hash(name: &str) -> u64 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.max(1)
}

impl<M: AsRef<[Line]>> Breakers<M> {
    /// Begins with memory that is zero.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for settings that are impossible, `ARGUMENT_INVALID` for too little memory.
    pub fn new(
        memory: M,
        defaults: BreakerSettings,
        rule: GlobalRule,
        now: Timestamp,
    ) -> Result<Self> {
        if u64::from(rule.fraction) > RATE_PARTS {
            return Err(invalid(format!(
                "the global fraction must be at most one whole, was {} millionths",
                rule.fraction
            )));
        }
        let breakers = Self::sized(memory)?;
        breakers.shared_settings()?.write(defaults)?;
        let rule = u64::from(rule.components) | (u64::from(rule.fraction) << 32);
        breakers.head(head::GLOBAL_RULE).store(rule, Ordering::Relaxed);
        let origin = u64::try_from(now.0 / 1_000_000).unwrap_or(0);
        breakers.head(head::ORIGIN_MS).store(origin, Ordering::Relaxed);
        breakers.head(head::MAGIC).store(MAGIC, Ordering::Release);
        Ok(breakers)
    }

    /// Joins memory in which another thread began.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for memory that holds no breakers.
    pub fn attach(memory: M) -> Result<Self> {
        let breakers = Self::sized(memory)?;
        if breakers.head(head::MAGIC).load(Ordering::Acquire) != MAGIC {
            return Err(Error::new(
                Code::ArgumentInvalid,
                "memory must be that of breakers, in this version's layout",
            ));
        }
        Ok(breakers)
    }

    fn sized(memory: M) -> Result<Self> {
        let lines = memory.as_ref().len();
        if lines < MEMORY_LINES {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!("memory must have {MEMORY_LINES} lines, has {lines}"),
            ));
        }
        Ok(Self { memory, listener: None })
    }

    /// Tells changes of state that happen through this object to a listener.
    #[must_use]
    pub fn with_listener(mut self, listener: ChangeListener) -> Self {
        self.listener = Some(listener);
        self
    }

    fn lines(&self) -> &[Line] {
        self.memory.as_ref()
    }

    pub(super) fn head(&self, word: usize) -> &AtomicU64 {
        &self.lines()[0].0[word]
    }

    pub(super) fn unsettled_set(&self, word: usize) -> &AtomicU64 {
        &self.lines()[UNSETTLED_SET_LINE].0[word]
    }

    fn shared_lines(&self) -> &[Line] {
        &self.lines()[SHARED_SETTINGS_LINE..SHARED_SETTINGS_LINE + SETTINGS_LINES]
    }

    fn shared_settings(&self) -> Result<SettingsCell<'_>> {
        SettingsCell::at(self.shared_lines())
            .ok_or_else(|| Error::new(Code::ArgumentInvalid, "memory must hold settings"))
    }

    pub(super) fn at(&self, id: ComponentId) -> Option<Component<'_>> {
        let start = COMPONENTS_LINE + id.index() * COMPONENT_LINES;
        let lines = self.lines().get(start..start + COMPONENT_LINES)?;
        Some(Component::new(lines.try_into().ok()?, self.shared_lines()))
    }

    /// Milliseconds since the origin; an instant before it counts as the origin.
    pub(super) fn since_origin(&self, now: Timestamp) -> u64 {
        let now_ms = u64::try_from(now.0 / 1_000_000).unwrap_or(0);
        now_ms.saturating_sub(self.head(head::ORIGIN_MS).load(Ordering::Relaxed))
    }

    /// Returns the component of a name, which is made when it is asked for first.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for a name that is empty, too long or has control characters, `CAPACITY_EXHAUSTED`.
    pub fn component(&self, name: &str) -> Result<ComponentId> {
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            return Err(invalid(format!(
                "a component's name must have 1 to {NAME_BYTES_MAX} bytes without control characters, was \"{}\"",
                name.escape_default().take(80).collect::<String>()
            )));
        }
        let wanted = hash(name);
        for step in 0..COMPONENTS_MAX {
            let slot = (wanted as usize).wrapping_add(step) % COMPONENTS_MAX;
            let Some(id) = ComponentId::from_index(slot) else { break };
            let Some(component) = self.at(id) else { break };
            let found = component.word(body::HASH).compare_exchange(
                0,
                wanted,
                Ordering::AcqRel,
                Ordering::Acquire,
            );
            match found {
                Ok(_) => {
                    component.set_name(name);
                    self.head(head::REGISTERED).fetch_add(1, Ordering::AcqRel);
                    return Ok(id);
                }
                Err(other) if other == wanted => return Ok(id),
                Err(_) => {}
            }
        }
        Err(Error::new(
            Code::CapacityExhausted,
            format!("at most {COMPONENTS_MAX} components can have a breaker, {name} is one more"),
        )
        .with("capacity", COMPONENTS_MAX))
    }

    /// Declares what a component depends on, and its settings.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for impossible settings, too many dependencies or a cycle of them, and the errors of
    /// [`Self::component`].
    pub fn declare(&self, name: &str, spec: &ComponentSpec) -> Result<ComponentId> {
        let id = self.component(name)?;
        if spec.depends_on.len() > DEPENDENCIES_MAX {
            return Err(invalid(format!(
                "{name} must depend on at most {DEPENDENCIES_MAX} components, depends on {}",
                spec.depends_on.len()
            )));
        }
        let mut dependencies = Vec::with_capacity(spec.depends_on.len());
        for dependency in &spec.depends_on {
            let found = self.component(dependency)?;
            if found == id || self.reaches(found, id) {
                return Err(invalid(format!(
                    "{name} must not depend on {dependency}, which depends on it"
                )));
            }
            dependencies.push(found.index());
        }
        if let Some(settings) = spec.settings {
            self.set_settings(Some(id), settings)?;
        }
        if let Some(component) = self.at(id) {
            component.set_dependencies(&dependencies);
            let flags = u64::from(spec.critical) * CRITICAL + u64::from(spec.protected) * PROTECTED;
            component.word(body::FLAGS).store(flags, Ordering::Release);
        }
        Ok(id)
    }

    fn reaches(&self, from: ComponentId, to: ComponentId) -> bool {
        let mut found = false;
        self.each_dependency(from, |id, _| {
            found |= id == to;
            found
        });
        found
    }

    /// Goes through everything a component depends on, also at one remove, until `stop` says so.
    pub(super) fn each_dependency(
        &self,
        from: ComponentId,
        mut stop: impl FnMut(ComponentId, Component<'_>) -> bool,
    ) {
        let mut seen = [false; COMPONENTS_MAX];
        let mut waiting = [0_usize; COMPONENTS_MAX];
        let mut count = 0;
        let mut next = Some(from);
        while let Some(id) = next {
            let Some(component) = self.at(id) else { return };
            for index in component.dependencies() {
                let fresh = seen.get(index) == Some(&false);
                if fresh && let Some(slot) = waiting.get_mut(count) {
                    seen[index] = true;
                    *slot = index;
                    count += 1;
                }
            }
            if count == 0 {
                return;
            }
            count -= 1;
            next = ComponentId::from_index(waiting[count]);
            if let Some(id) = next
                && let Some(component) = self.at(id)
                && stop(id, component)
            {
                return;
            }
        }
    }

    /// Puts settings in force: of one component, or of all that have none of their own. A change of the window begins a
    /// fresh one.
    ///
    /// # Errors
    /// `CONFIG_INVALID`, `CIRCUIT_RELOAD_CONFLICT`.
    pub fn set_settings(
        &self,
        component: Option<ComponentId>,
        settings: BreakerSettings,
    ) -> Result<()> {
        if let Some(component) = component.and_then(|id| self.at(id)) {
            return component.set_settings(settings);
        }
        let cell = self.shared_settings()?;
        let before = cell.read();
        cell.write(settings)?;
        if !before.same_window(&settings) {
            for id in self.registered() {
                if let Some(component) = self.at(id)
                    && !component.has_own_settings()
                {
                    component.clear_window();
                }
            }
        }
        Ok(())
    }

    /// Allows or forbids manual overrides, for all threads.
    pub fn forbid_overrides(&self, forbidden: bool) {
        self.head(head::OVERRIDES_FORBIDDEN).store(u64::from(forbidden), Ordering::SeqCst);
    }

    /// Returns the components in the order of their places.
    pub fn registered(&self) -> impl Iterator<Item = ComponentId> + '_ {
        (0..COMPONENTS_MAX).filter_map(ComponentId::from_index).filter(|id| {
            self.at(*id)
                .is_some_and(|component| component.word(body::HASH).load(Ordering::Acquire) != 0)
        })
    }

    /// Returns what is known of a component at an instant.
    #[must_use]
    pub fn snapshot(&self, component: ComponentId, now: Timestamp) -> Option<ComponentSnapshot> {
        Some(self.at(component)?.snapshot(self.since_origin(now)))
    }

    /// Returns how many listeners have failed.
    #[must_use]
    pub fn listener_failures(&self) -> u64 {
        self.head(head::LISTENER_FAILURES).load(Ordering::Relaxed)
    }

    /// Returns the settings in force for a component.
    #[must_use]
    pub fn settings(&self, component: ComponentId) -> Option<BreakerSettings> {
        self.at(component)?.settings()
    }
}
