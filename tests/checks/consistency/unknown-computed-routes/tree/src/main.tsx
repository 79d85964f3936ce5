import { Link, Route, Routes } from "react-router-dom";
const Home = () => <Link to="/shop">x</Link>;
export default ({ all }) => <Routes>{all.map((one) => <Route path={one.path} element={<Home />} />)}</Routes>;
