export {
  type Route,
  type RouteCandidate,
  type RouteCost,
  type RoutedResult,
  ROUTING_STRATEGIES,
  type RoutingStrategy,
  type VenueStandingView,
} from './route.js';
export { Router, type RouteOptions } from './router.js';
export type { RoutedVenue, RouterOptions } from './router-options.js';
